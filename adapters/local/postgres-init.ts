import { execFile } from 'node:child_process'
import { chown, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Place } from './postgres-place.ts'

/** Makes the cluster `data` where there is none. It appears whole or not at all: a kill in between leaves no half one. */
export async function initialise(want: { place: Place; password: string; sync: boolean }): Promise<void> {
  const data = join(want.place.cluster, 'data')
  if (await isThere(data)) return
  const making = `${data}.${process.pid}`
  const passwordFile = `${making}.password`
  try {
    await writePassword(passwordFile, want)
    await runInitdb(want, making, passwordFile)
    await rename(making, data)
  } catch (error) {
    // Another platform that began at the same time may have finished first.
    if (!(await isThere(data))) throw error
  } finally {
    await rm(passwordFile, { force: true })
    await rm(making, { recursive: true, force: true })
  }
}

async function isThere(data: string): Promise<boolean> {
  return stat(join(data, 'PG_VERSION')).then(
    () => true,
    () => false,
  )
}

async function writePassword(
  file: string,
  { place, password }: { place: Place; password: string },
): Promise<void> {
  await writeFile(file, `${password}\n`, { mode: 0o600 })
  if (place.runAs) await chown(file, place.runAs.uid, place.runAs.gid)
}

async function runInitdb(
  want: { place: Place; sync: boolean },
  data: string,
  passwordFile: string,
): Promise<void> {
  // The builtin C.UTF-8 sorts the same on every machine; the system's locales do not.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--username=skyreel', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const args = [
    '-D',
    data,
    ...access,
    ...locale,
    '--set',
    'timezone=UTC',
    ...(want.sync ? [] : ['--no-sync']),
  ]
  await promisify(execFile)(join(want.place.binaries, 'initdb'), args, {
    ...want.place.runAs,
    cwd: want.place.cluster,
    env: { LC_ALL: 'C', PATH: process.env.PATH ?? '/usr/bin:/bin', TZ: 'UTC' },
  })
}
