import type { EventData } from '../../events/catalog.ts'
import type { Ports } from '../ports/ports.ts'
import type { Storage } from '../ports/storage.ts'
import type { RangedFilm, ThumbnailsOutcome } from '../ports/thumbnailer.ts'
import type { Context } from '../run/context.ts'
import type { Envelope } from '../run/envelope.ts'
import type { VideoId } from '../run/id.ts'
import { done, type Verdict } from '../run/verdict.ts'
import type { Work } from '../transcode/unit-store.ts'
import { filmWithoutPictures } from './film.ts'
import { handToJob } from './hand-over.ts'
import { CLIP_BYTES, CLIP_LIMITS } from './limits.ts'
import { publishEarly } from './publish.ts'
import { openShelf, type Shelf } from './shelf.ts'

type Event = Envelope<'video.uploaded', EventData<'video.uploaded'>>

/**
 * A film was accepted: its poster and a first storyboard are made at once, from some megabytes of it, long before its
 * transcode comes to them. What is too much for a function goes to a job.
 */
export async function makePictures({ data }: Event, ports: Ports, ctx: Context): Promise<Verdict> {
  const work = { videoId: data.videoId as VideoId, generation: data.generation }
  const film = await filmWithoutPictures(ports.db, work)
  const object = film && (await ports.storage.head('uploads', film.sourceKey))
  if (!object) return done
  const shelf = openShelf(ports, work)
  const at = { ports, ctx: { ...ctx, log: ctx.log.with({ video: work.videoId }) }, work, shelf }
  const outcome = await attempt(object, at).catch(async (error: unknown) => {
    // A retry has a shelf of its own.
    await shelf.clear()
    if (!(error instanceof FilmGone)) throw error
    return { is: 'nothing', because: error.message } as const
  })
  await settle(outcome, at)
  return done
}

interface Attempt {
  readonly ports: Ports
  readonly ctx: Context
  readonly work: Work
  readonly shelf: Shelf
}

/** The film was deleted or refused while it was read. */
class FilmGone extends Error {
  override readonly name = 'FilmGone'
}

async function attempt(
  { key, sizeBytes }: { key: string; sizeBytes: number },
  { ports, ctx, shelf }: Attempt,
): Promise<ThumbnailsOutcome> {
  if (sizeBytes > CLIP_BYTES) return { is: 'beyond', reason: 'too-large', detail: `${sizeBytes} bytes` }
  const film = { sizeBytes, read: rangesOf(ports.storage, key) }
  return ports.thumbnailer.make(film, shelf.sink, { limits: CLIP_LIMITS, signal: ctx.signal })
}

function rangesOf(storage: Storage, key: string): RangedFilm['read'] {
  return async (start, end) => {
    const found = await storage.get('uploads', key, { start, end })
    if (!found) throw new FilmGone('the film is gone')
    const bytes = new Uint8Array(end - start + 1)
    let size = 0
    for await (const chunk of found.body) {
      bytes.set(chunk, size)
      size += chunk.length
    }
    return bytes.subarray(0, size)
  }
}

async function settle(outcome: ThumbnailsOutcome, { ports, ctx, work, shelf }: Attempt): Promise<void> {
  if (outcome.is === 'made') {
    const shown = await publishEarly(ports, work, { ...outcome, shelf })
    ctx.log.info(shown ? 'early pictures shown' : 'early pictures came too late', outcome.cost)
    return
  }
  await shelf.clear()
  if (outcome.is === 'nothing') return ctx.log.info('no early pictures', { because: outcome.because })
  const { reason, detail } = outcome
  ctx.log.warn('early pictures are left to a job', { reason, detail })
  await handToJob(ports, work)
}
