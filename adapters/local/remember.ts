import { randomBytes } from 'node:crypto'
import { link, readFile, unlink, writeFile } from 'node:fs/promises'

/** The text of a file of mode 0600, made on first use. Processes that start at once agree on one text, never on half of it. */
export async function remember(file: string, make: () => string | Promise<string>): Promise<string> {
  const known = await readIfThere(file)
  if (known !== undefined) return known
  const making = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(making, await make(), { mode: 0o600, flag: 'wx', flush: true })
  try {
    await link(making, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(making)
  }
  return readFile(file, 'utf8')
}

/** `undefined` where there is no such file. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
