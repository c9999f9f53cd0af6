import { open } from 'node:fs/promises'
import type { RangedFilm } from '../../../core/ports/thumbnailer.ts'

/** A file as a store gives it, and what was asked of it. */
export interface WatchedFilm extends RangedFilm {
  readonly asked: { readonly start: number; readonly bytes: number }[]
}

export async function rangedFilm(path: string): Promise<WatchedFilm> {
  const file = await open(path)
  const { size: sizeBytes } = await file.stat()
  await file.close()
  const asked: { start: number; bytes: number }[] = []
  const read = async (start: number, end: number) => {
    asked.push({ start, bytes: end - start + 1 })
    const handle = await open(path)
    try {
      const { buffer, bytesRead } = await handle.read(
        new Uint8Array(end - start + 1),
        0,
        end - start + 1,
        start,
      )
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  }
  return { sizeBytes, asked, read }
}
