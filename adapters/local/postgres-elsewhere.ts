import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The first of `<base>`, `<base>-2` ... that holds no data. Data under the name of a folder that knows nothing of it are
 * those of a folder that was removed, or is on a disk that is not mounted: they stay, and the new one begins beside them.
 */
export async function unusedBase(base: string): Promise<string> {
  for (let nth = 1; ; nth++) {
    const candidate = nth === 1 ? base : `${base}-${nth}`
    const data = await stat(join(candidate, 'cluster', 'data')).catch(() => undefined)
    if (!data) return candidate
  }
}

/** Writes the pointer, whole or not at all, or takes what another process that began at the same time has written. */
export async function claim(pointer: string, base: string): Promise<string> {
  const making = `${pointer}.${process.pid}`
  await writeFile(making, `${base}\n`)
  try {
    await link(making, pointer)
    return base
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return (await readFile(pointer, 'utf8')).trim()
  } finally {
    await rm(making, { force: true })
  }
}
