import { createHash } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rm, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Bytes } from '../../core/ports/storage.ts'
import { isMarkedAlive, ownMark } from '../node/process.ts'

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

export interface Written {
  readonly file: string
  readonly sizeBytes: number
  /** In hex. */
  readonly md5: string
}

/** Writes and flushes a file of its own name in `folder`; nothing is left behind on failure. Throws past `maxBytes`. */
export async function writeTemporary(
  folder: string,
  name: string,
  body: Bytes,
  maxBytes = Infinity,
): Promise<Written> {
  const file = join(folder, `${ownMark()}-${name}`)
  const handle = await open(file, 'wx', 0o600)
  try {
    const written = await writeAll(handle, body, maxBytes)
    await handle.sync()
    await handle.close()
    return { file, ...written }
  } catch (error) {
    await handle.close().catch(() => undefined)
    await rm(file, { force: true })
    throw error
  }
}

export class TooManyBytes extends Error {
  override readonly name = 'TooManyBytes'
}

async function writeAll(handle: FileHandle, body: Bytes, maxBytes: number) {
  const hash = createHash('md5')
  let sizeBytes = 0
  for await (const chunk of body instanceof Uint8Array ? [body] : body) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes) throw new TooManyBytes(`more than ${maxBytes} bytes came`)
    hash.update(chunk)
    await writeChunk(handle, chunk)
  }
  return { sizeBytes, md5: hash.digest('hex') }
}

/** The kernel may take less than it is given. */
async function writeChunk(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten
}

/** Makes a folder and those above it, so that they survive a loss of power. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let at = folder; at.length >= first.length; at = dirname(at)) await syncFolder(dirname(at))
}

/** A new name in a folder is on disk only after this. Windows cannot and need not. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Unlinks; a file that is not there is as good. */
export async function unlinkQuietly(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
}

export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Names in a folder; none for a folder that is not there. */
export async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Removes temporary files whose writer is dead. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await namesIn(folder))
    if (!isMarkedAlive(name)) await rm(join(folder, name), { force: true })
}

/** Runs tasks of one name one after the other. */
export function openTurns(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (name, task) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(task, task)
    last.set(name, turn)
    try {
      return await turn
    } finally {
      if (last.get(name) === turn) last.delete(name)
    }
  }
}
