import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../core/run/log.ts'
import { isAlive } from '../node/process.ts'
import { initialise } from './postgres-init.ts'
import { findPlace, type Place } from './postgres-place.ts'
import { answers, isPostgres, type Running, readPidFile, urlOf } from './postgres-running.ts'
import { remember } from './remember.ts'

export interface PostgresOptions {
  /** Holds password, port, log and (see postgres-place.ts) the data. One server a folder. */
  readonly folder: string
  readonly log: Log
  /** For tests: nothing is flushed to disk, so a crash of the machine loses the data. */
  readonly throwAway?: boolean
}

export interface Postgres {
  readonly url: string
  /** Where the data really lies: elsewhere than the folder where root keeps it for another user. */
  readonly clusterFolder: string
  readonly adopted: boolean
  /** Fast shutdown: sessions are ended, everything committed is kept. Resolves when the server is gone. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of a folder, or adopts the one that still runs there after a killed parent. The first start
 * makes the cluster. Throws with the tail of the server's log when it cannot start.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  await mkdir(options.folder, { recursive: true })
  const place = await findPlace(options.folder)
  const password = await remember(join(options.folder, 'postgres-password'), () =>
    randomBytes(24).toString('base64url'),
  )
  await initialise({ place, password, sync: !options.throwAway })
  const data = join(place.cluster, 'data')
  const found = await adopt(data, password)
  const running = found ?? (await launch(options, place, password))
  options.log.debug(found ? 'adopted the running PostgreSQL' : 'started PostgreSQL', { pid: running.pid })
  const owner = await takeOwnership(options.folder, found !== undefined)
  return {
    url: urlOf(running.port, password),
    clusterFolder: place.cluster,
    adopted: found !== undefined,
    stop: () => (owner ? shutDown(data, running.pid) : Promise.resolve()),
  }
}

/** A server of this folder that answers; `undefined` where none runs. Waits for one that is still coming up or going down. */
async function adopt(data: string, password: string): Promise<Running | undefined> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
    const running = await readPidFile(data)
    if (!running) return undefined
    if (!(await isPostgres(running.pid))) return forget(data, running.pid)
    if (running.status === 'ready' && (await answers(running.port, password, data))) return running
  }
  throw new Error(
    `a PostgreSQL runs on ${data} but does not let us in; stop it, or remove the folder to begin anew`,
  )
}

/**
 * The pid in the file is dead or another program's by now. PostgreSQL clears the first case itself; for the second the
 * number is made one that cannot live. The file stays: by it PostgreSQL still finds orphans of the dead server.
 */
async function forget(data: string, pid: number): Promise<undefined> {
  const file = join(data, 'postmaster.pid')
  const text = await readFile(file, 'utf8')
  if (text.startsWith(`${pid}\n`)) await writeFile(file, text.replace(/^\d+/, '999999999'))
  return undefined
}

const ATTEMPTS = 20

async function launch(options: PostgresOptions, place: Place, password: string): Promise<Running> {
  const data = join(place.cluster, 'data')
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(options.folder, attempt)
    const logFile = join(options.folder, 'postgres.log')
    const outcome = await launchOnce({ place, data, port, logFile, throwAway: options.throwAway === true })
    if (typeof outcome === 'object') return outcome
    // Another platform may have been quicker, the port may be taken, or orphans of a killed server still end.
    const other = await adopt(data, password)
    if (other) return other
    if (attempt === ATTEMPTS)
      throw new Error(`PostgreSQL did not start (${outcome}). It said:\n${await tail(logFile)}`)
    await sleep(100)
  }
}

interface Launch {
  readonly place: Place
  readonly data: string
  readonly port: number
  readonly logFile: string
  readonly throwAway: boolean
}

/** The running server, or why it ended before it was ready. */
async function launchOnce(launch: Launch): Promise<Running | string> {
  const log = await openLog(launch.logFile)
  // detached: Ctrl-C in the terminal goes to the whole process group, and the server must outlive the last request.
  // A file and not a pipe: the server outlives a killed parent and must not choke on its log.
  const child = spawn(join(launch.place.binaries, 'postgres'), serverArguments(launch), {
    ...launch.place.runAs,
    cwd: launch.place.cluster,
    env: { LC_ALL: 'C', PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC' },
    stdio: ['ignore', log.fd, log.fd],
    detached: true,
  })
  let ended: string | undefined
  child.once('error', (error) => (ended = error.message))
  child.once('exit', (code, signal) => (ended = `ended with ${signal ?? code}`))
  child.unref()
  await log.close()
  for (; ended === undefined; await sleep(10)) {
    const running = await readPidFile(launch.data)
    if (running && running.pid === child.pid && running.status === 'ready') return running
  }
  return ended
}

const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=80',
  'shared_buffers=64MB',
  'max_wal_size=512MB',
  'wal_level=minimal',
  'max_wal_senders=0',
  'jit=off',
  'max_parallel_workers_per_gather=0',
  'io_method=sync',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=warning',
]
const NOT_DURABLE = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']

function serverArguments({ data, port, throwAway }: Launch): string[] {
  const settings = [...SETTINGS, `port=${port}`, ...(throwAway ? NOT_DURABLE : [])]
  return ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
}

const LOG_MAX_BYTES = 10 * 1024 ** 2

async function openLog(file: string) {
  const size = await stat(file).then(
    (s) => s.size,
    () => 0,
  )
  if (size > LOG_MAX_BYTES) await rename(file, `${file}.old`)
  return open(file, 'a', 0o600)
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8')
  return text.trimEnd().split('\n').slice(-8).join('\n')
}

/** The port of last time where it is still free, so that tools keep their settings. */
async function choosePort(folder: string, attempt: number): Promise<number> {
  const file = join(folder, 'postgres-port')
  if (attempt > 1) await rm(file, { force: true })
  const port = Number(await remember(file, async () => String(await freePort(0))))
  if ((await freePort(port)) === port) return port
  await rm(file, { force: true })
  return Number(await remember(file, async () => String(await freePort(0))))
}

function freePort(wanted: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(undefined))
    probe.listen(wanted, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined))
    })
  })
}

/** Whether we may stop the server: not where we found it running under another platform that is still alive. */
async function takeOwnership(folder: string, adopted: boolean): Promise<boolean> {
  const file = join(folder, 'postgres-owner')
  const owner = Number(await readFile(file, 'utf8').catch(() => '0'))
  if (adopted && owner > 0 && owner !== process.pid && isAlive(owner)) return false
  await writeFile(file, String(process.pid), { mode: 0o600 })
  return true
}

/** SIGINT is PostgreSQL's fast shutdown; SIGQUIT, its immediate one, is recovered from at the next start. */
async function shutDown(data: string, pid: number): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ] as const) {
    if (!(await isPostgres(pid)) || (await readPidFile(data))?.pid !== pid) return
    process.kill(pid, signal)
    for (const until = Date.now() + waitMs; Date.now() < until; await sleep(10)) {
      if (!(await isPostgres(pid))) return
    }
  }
  throw new Error(`PostgreSQL (process ${pid}) does not stop`)
}
