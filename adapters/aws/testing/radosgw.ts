import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { isAlive } from '../../node/process.ts'
import { TEST_CREDENTIALS } from './config.ts'

export interface Radosgw {
  readonly endpoint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const NEEDED = ['radosgw', 'radosgw-admin', 'ceph', 'ceph-mon', 'ceph-osd', 'monmaptool', 'setpriv']
const KEEPER = fileURLToPath(new URL('./radosgw-keeper.ts', import.meta.url))
const PATIENCE_MS = 150_000

/** Why Ceph's S3 server cannot run here; `undefined` where it can. */
export function radosgwMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'radosgw wants root'
  const folders = (process.env.PATH ?? '').split(delimiter)
  const missing = NEEDED.filter((name) => !folders.some((folder) => existsSync(join(folder, name))))
  if (missing.length === 0) return undefined
  return `not installed: ${missing.join(', ')} (apt-get install radosgw ceph-mon ceph-osd)`
}

/**
 * Ceph's S3 server, which checks signatures, conditions and lengths as S3 does. It takes some 10 s to start, so all test
 * files of a run share one: the first starts it, and it ends with the run (see radosgw-keeper.ts). Each test makes buckets
 * of its own.
 */
export async function openRadosgw(owner = process.env.VITEST ? process.ppid : process.pid): Promise<Radosgw> {
  const folder = join(tmpdir(), `skyreel-radosgw-${owner}`)
  if (await isFirst(folder)) await start(folder, owner)
  const { endpoint } = JSON.parse(await ready(folder)) as { endpoint: string }
  return { endpoint, ...TEST_CREDENTIALS }
}

async function isFirst(folder: string): Promise<boolean> {
  if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true })
  try {
    await mkdir(folder)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Of an earlier run with the same number, whose keeper was killed. */
async function isAbandoned(folder: string): Promise<boolean> {
  const file = join(folder, 'keeper.pid')
  return existsSync(file) && !isAlive(Number(await readFile(file, 'utf8')))
}

async function start(folder: string, owner: number): Promise<void> {
  const keeper = spawn(process.execPath, [KEEPER, folder, String(owner)], { stdio: 'ignore', detached: true })
  await writeFile(join(folder, 'keeper.pid'), String(keeper.pid))
  keeper.unref()
}

async function ready(folder: string): Promise<string> {
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(100)) {
    if (existsSync(join(folder, 'ready.json'))) return readFile(join(folder, 'ready.json'), 'utf8')
    if (existsSync(join(folder, 'failed.txt')))
      throw new Error(`radosgw did not start: ${await readFile(join(folder, 'failed.txt'), 'utf8')}`)
  }
  throw new Error(`radosgw did not start within ${PATIENCE_MS} ms, see ${folder}/log`)
}
