import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { isPostgres, readPidFile } from './postgres-running.ts'

/**
 * Removes clusters under `state` whose folder was a temporary one and is gone, as throw-away homes go. Any other folder
 * that is not there may come back, being on a disk that is not mounted: its data stays.
 */
export async function removeAbandonedClusters(state: string): Promise<void> {
  for (const name of await readdir(state).catch(() => [])) {
    const base = join(state, name)
    const folder = (await readFile(join(base, 'belongs-to.txt'), 'utf8').catch(() => '')).trim()
    if (!folder.startsWith(tmpdir() + sep) || (await isThere(folder))) continue
    const running = await readPidFile(join(base, 'cluster', 'data'))
    if (running && (await isPostgres(running.pid))) continue
    await rm(base, { recursive: true, force: true })
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
