import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { isMarkedAlive, ownMark } from '../node/process.ts'

const PREFIX = 'task-'

/** Gives `work` a fresh folder under `parent`, and removes it with all that is in it however `work` ends. */
export async function withScratch<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, `${PREFIX}${ownMark()}-`))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Removes the folders of processes that were killed: gigabytes, where it was an encode. Those of living ones stay. */
export async function removeAbandonedScratch(parent: string): Promise<void> {
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    if (name.startsWith(PREFIX) && !isMarkedAlive(name.slice(PREFIX.length)))
      await rm(join(parent, name), { recursive: true, force: true })
  }
}

/**
 * A folder of this user in the system's folder for temporary files: with a name that all share, whoever came first would
 * own it, and nobody else could work.
 */
export const ownScratchFolder = (name: string): string =>
  join(tmpdir(), `${name}-${process.getuid?.() ?? userInfo().username}`)
