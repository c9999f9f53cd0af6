import type { OutputFile, Sink } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import { removeAll } from '../ports/storage.ts'
import type { Work } from '../transcode/unit-store.ts'
import { generationPrefix } from '../video/model.ts'

/** Folder of all early pictures below the film's generation. */
export const EARLY_FOLDER = 'early/'

/** Where one run puts its pictures: a folder of its own, so that two runs never write the same object. */
export interface Shelf {
  /** Below the generation's prefix: `early/<name>/`. */
  readonly folder: string
  readonly sink: Sink
  put(file: Pick<OutputFile, 'name' | 'contentType'>, bytes: Uint8Array): Promise<void>
  /** Takes back whatever was put. */
  clear(): Promise<void>
}

const FOR_EVER = 'public, max-age=31536000, immutable'

export function openShelf({ storage, ids }: Uses<'storage' | 'ids'>, work: Work): Shelf {
  const folder = `${EARLY_FOLDER}${ids.secret(9)}/`
  const prefix = generationPrefix(work.videoId, work.generation) + folder
  const put = async ({ name, contentType }: Pick<OutputFile, 'name' | 'contentType'>, body: Body) => {
    await storage.put('media', prefix + name, body, { contentType, cacheControl: FOR_EVER })
  }
  return {
    folder,
    put,
    sink: (file) => put(file, file.read()),
    clear: async () => void (await removeAll(storage, 'media', prefix)),
  }
}
type Body = Uint8Array | AsyncIterable<Uint8Array>

/** Removes the early pictures of a film, which nothing refers to once its transcode has published its own. */
export async function removeEarlyPictures({ storage }: Uses<'storage'>, work: Work): Promise<void> {
  await removeAll(storage, 'media', generationPrefix(work.videoId, work.generation) + EARLY_FOLDER)
}
