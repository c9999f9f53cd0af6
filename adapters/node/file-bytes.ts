import type { FileHandle } from 'node:fs/promises'

const CHUNK_BYTES = 256 * 1024

/**
 * The bytes `start` to `end` (inclusive) of an open file. The handle is closed at the end, on failure, and by
 * `return()`, also before the first byte: a generator's `finally` would not run then and the handle would leak.
 */
export function fileBytes(handle: FileHandle, start: number, end: number): AsyncIterableIterator<Uint8Array> {
  let at = start
  let open = true
  const close = async (): Promise<IteratorResult<Uint8Array>> => {
    if (open) {
      open = false
      await handle.close()
    }
    return { done: true, value: undefined }
  }
  const next = async (): Promise<IteratorResult<Uint8Array>> => {
    if (!open || at > end) return close()
    // A buffer of its own for each chunk: the socket may still hold the one before.
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, end - at + 1))
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at).catch(async (error: unknown) => {
      await close()
      throw error
    })
    if (bytesRead === 0) return close()
    at += bytesRead
    return { done: false, value: chunk.subarray(0, bytesRead) }
  }
  const iterator: AsyncIterableIterator<Uint8Array> = {
    next,
    return: close,
    [Symbol.asyncIterator]: () => iterator,
  }
  return iterator
}
