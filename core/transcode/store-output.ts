import type { OutputFile, Sink } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import { sealSegment } from '../protection/whole-segments.ts'

/** Names under a generation are never written with other bytes that anybody has seen, so caches may keep them. */
export const FOR_EVER = 'public, max-age=31536000, immutable'

export interface Shelf {
  /** Of the film's present edition, or for pictures of its generation. */
  readonly prefix: string
  /** Each chunk offers the track's init segment; only the first one stores it. */
  readonly withInit: boolean
  /** Key that the segments of a track are sealed with as wholes; without one they are stored as they come. */
  readonly wholeKey?: (track: string) => Uint8Array
}

/**
 * A sink that puts a unit's files under the film's prefix as they come. Keys of objects follow from the plan, so a repeated
 * unit writes the same objects.
 */
export function storeInto({ storage }: Uses<'storage'>, { prefix, withInit, wholeKey }: Shelf): Sink {
  return async (file: OutputFile) => {
    if (!withInit && file.name.endsWith('/init.mp4')) return
    await storage.put('media', prefix + file.name, bodyOf(file, wholeKey), {
      contentType: file.contentType,
      cacheControl: FOR_EVER,
    })
  }
}

/** The init segment stays readable: players need it before they have a key. */
function bodyOf(file: OutputFile, wholeKey: Shelf['wholeKey']): AsyncIterable<Uint8Array> {
  const [, track, number] = /^(.+)\/(\d+)\.m4s$/.exec(file.name) ?? []
  if (!wholeKey || track === undefined) return file.read()
  return sealSegment(wholeKey(track), Number(number), file.read())
}
