import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { isAlive } from '../../node/process.ts'
import { TEST_CREDENTIALS } from './config.ts'

/**
 * `radosgw-keeper.ts <folder> <owner's pid>`: starts Ceph's S3 server in memory, on loopback, and ends it when its owner
 * is gone, however that ended. The daemons die with this process even when it is killed (setpriv).
 */
const [folder = '', ownerText = ''] = process.argv.slice(2)
const owner = Number(ownerText)
const daemons: ChildProcess[] = []
const run = promisify(execFile)

async function main(): Promise<void> {
  await removeAbandoned()
  const s3Port = await freePort()
  const conf = await writeConfig(s3Port, await freePort())
  await startMonitor(conf)
  await startStore(conf)
  const { accessKeyId, secretAccessKey } = TEST_CREDENTIALS
  const user = ['user', 'create', '--uid=test', '--display-name=test', `--access-key=${accessKeyId}`]
  await run('radosgw-admin', ['-c', conf, ...user, `--secret-key=${secretAccessKey}`], { timeout: 60_000 })
  daemon('radosgw', ['-c', conf, '-f', '-n', 'client.rgw.a'])
  await answers(`http://127.0.0.1:${s3Port}/`)
  await tell('ready.json', JSON.stringify({ endpoint: `http://127.0.0.1:${s3Port}` }))
}

/** Folders of runs whose keeper was killed: their daemons died with it. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^skyreel-radosgw-(\d+)$/.exec(name)?.[1]
    const other = join(tmpdir(), name)
    if (pid !== undefined && other !== folder && !isAlive(Number(pid)) && !(await keeperLives(other)))
      await rm(other, { recursive: true, force: true })
  }
}

const keeperLives = async (other: string) =>
  existsSync(join(other, 'keeper.pid')) && isAlive(Number(await readFile(join(other, 'keeper.pid'), 'utf8')))

function freePort(): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const server = createServer().once('error', reject)
  server.listen(0, '127.0.0.1', () => {
    const at = server.address()
    server.close(() => resolve(typeof at === 'object' && at ? at.port : 0))
  })
  return promise
}

async function writeConfig(s3Port: number, monitorPort: number): Promise<string> {
  for (const name of ['mon', 'osd', 'run', 'log']) await mkdir(join(folder, name))
  const conf = join(folder, 'ceph.conf')
  const text = `[global]
fsid = ${crypto.randomUUID()}
auth cluster required = none
auth service required = none
auth client required = none
mon host = v1:127.0.0.1:${monitorPort}
public addr = 127.0.0.1
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
mon allow pool size one = true
osd crush chooseleaf type = 0
# Without both lines the store stays down and every client waits for ever.
osd class update on start = false
osd crush update on start = false
osd objectstore = memstore
memstore device bytes = 2147483648
run dir = ${folder}/run
admin socket = ${folder}/run/$name.asok
log file = ${folder}/log/$name.log
mon data = ${folder}/mon
osd data = ${folder}/osd
crash dir = ${folder}/log
mon data avail crit = 1
rgw frontends = beast endpoint=127.0.0.1:${s3Port}
rgw dns name = localhost
# The contract joins parts of a few bytes; S3 wants 5 MiB of each but the last.
rgw multipart min part size = 1
`
  await writeFile(conf, text)
  return conf
}

async function startMonitor(conf: string): Promise<void> {
  const settings = await readFile(conf, 'utf8')
  const fsid = /fsid = (\S+)/.exec(settings)?.[1] ?? ''
  const address = /mon host = (\S+)/.exec(settings)?.[1] ?? ''
  const map = join(folder, 'monmap')
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', `[${address}]`, map])
  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', map])
  daemon('ceph-mon', ['-c', conf, '-f', '-i', 'a'])
}

async function startStore(conf: string): Promise<void> {
  const uuid = crypto.randomUUID()
  // Against a monitor that is not up the client waits for ever.
  const ceph = (...args: string[]) => run('ceph', ['-c', conf, ...args], { timeout: 60_000 })
  await ceph('osd', 'new', uuid)
  await run('ceph-osd', ['-c', conf, '-i', '0', '--mkfs', '--osd-uuid', uuid])
  daemon('ceph-osd', ['-c', conf, '-f', '-i', '0'])
  await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default')
}

function daemon(command: string, args: readonly string[]): void {
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', command, ...args], { stdio: 'ignore' })
  child.once('exit', (code) => void end(`${command} ended with ${code}`))
  daemons.push(child)
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const response = await fetch(url).catch(() => undefined)
    if (response?.ok) return
    await sleep(100)
  }
  throw new Error(`${url} did not answer within a minute`)
}

/** Readers see the whole file or none. */
async function tell(name: string, value: string): Promise<void> {
  await writeFile(join(folder, `${name}.new`), value)
  await rename(join(folder, `${name}.new`), join(folder, name))
}

let ending = false
async function end(because: string): Promise<void> {
  if (ending) return
  ending = true
  for (const child of daemons) child.kill('SIGKILL')
  if (isAlive(owner)) await tell('failed.txt', because)
  else await rm(folder, { recursive: true, force: true })
  process.exit()
}

const watch = setInterval(() => {
  if (!isAlive(owner)) void end('the owner is gone')
}, 300)
watch.ref()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(signal))
main().catch((error: unknown) => end(String(error)))
