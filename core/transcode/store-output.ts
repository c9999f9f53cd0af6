import type { OutputFile, Sink } from '../ports/media.ts'
import type { Uses } from '../ports/ports.ts'
import { generationPrefix } from '../video/model.ts'
import type { UnitSpec } from './unit.ts'
import type { Work } from './unit-store.ts'

/** Names under a generation are never written with other bytes, so caches may keep them. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/**
 * A sink that puts a unit's files under the film's prefix as they come. Keys follow from the plan, so a repeated unit
 * writes the same objects. Each chunk offers the track's init segment; only the first one stores it.
 */
export function storeInto({ storage }: Uses<'storage'>, work: Work, spec: UnitSpec): Sink {
  const later = spec.kind === 'video' && spec.firstFrame > 0
  const prefix = generationPrefix(work.videoId, work.generation)
  return async (file: OutputFile) => {
    if (later && file.name.endsWith('/init.mp4')) return
    await storage.put('media', prefix + file.name, file.read(), {
      contentType: file.contentType,
      cacheControl: FOR_EVER,
    })
  }
}
