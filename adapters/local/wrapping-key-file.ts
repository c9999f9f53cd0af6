import { randomBytes } from 'node:crypto'
import { mkdir, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { remember } from './remember.ts'
import { newWrappingKeys, parseWrappingKeys, textOfWrappingKeys, type WrappingKey } from './wrapping-key.ts'

/** Puts a new key in front of the others of the folder; answers its id. Processes that run take it up at their next use. */
export async function addWrappingKey(folder: string): Promise<string> {
  const [newest] = newWrappingKeys()
  if (!newest) throw new Error('no key was made')
  await change(folder, (older) => [newest, ...older])
  return newest.id
}

/** Takes one away for good: what it has wrapped and nothing has wrapped anew is lost. */
export async function removeWrappingKey(folder: string, id: string): Promise<void> {
  await change(folder, (keys) => {
    if (keys[0]?.id === id) throw new Error(`the key ${id} wraps now`)
    return keys.filter((key) => key.id !== id)
  })
}

/** Readers see the old file or the new one. Not for two at once: each would write what the other has not seen. */
async function change(
  folder: string,
  changed: (keys: readonly WrappingKey[]) => readonly WrappingKey[],
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'wrapping-key')
  const keys = parseWrappingKeys(await remember(file, () => textOfWrappingKeys(newWrappingKeys())))
  const making = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(making, textOfWrappingKeys(changed(keys)), { mode: 0o600, flag: 'wx', flush: true })
  await rename(making, file).catch(async (error: unknown) => {
    await unlink(making)
    throw error
  })
}
