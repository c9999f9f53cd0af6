import { and, eq } from 'drizzle-orm'
import type { EventOf } from '../../events/catalog.ts'
import type { Context } from '../run/context.ts'
import { isId } from '../run/id.ts'
import { done, type Verdict } from '../run/verdict.ts'
import { renditions, videos } from '../video/schema.ts'
import { ingest } from './ingest.ts'
import { minutesOfMs } from './quantity.ts'
import { type ForTenants, tenantOfUser } from './tenant.ts'

/** Counts a film that is ready: its length once for each quality. A film that is gone by then is not counted. */
export async function meterTranscoded(
  event: Pick<EventOf<'video.ready'>, 'data' | 'time'>,
  uses: ForTenants,
  { log }: Pick<Context, 'log'>,
): Promise<Verdict> {
  const { videoId, generation } = event.data
  const film = isId('vid', videoId) ? await filmOf(uses, videoId) : undefined
  if (!film || film.generation !== generation || film.durationSeconds === null) {
    log.warn('a transcoded film is not metered: it was replaced or deleted meanwhile', {
      videoId,
      generation,
    })
    return done
  }
  const qualities = await uses.db.$count(
    renditions,
    and(eq(renditions.videoId, film.id), eq(renditions.generation, generation)),
  )
  const tenant = await tenantOfUser(uses, film.ownerId)
  // A film of sound alone has no picture to be made in several sizes: it was transcoded once.
  const ms = BigInt(Math.round(film.durationSeconds * 1000)) * BigInt(Math.max(qualities, 1))
  const id = `transcoded:${videoId}:${generation}`
  const facts = { tenant, id, source: 'platform', meter: 'minutes_transcoded' as const, subject: videoId }
  const usage = { ...facts, quantity: minutesOfMs(ms), at: new Date(event.time), dimensions: undefined }
  await ingest(uses.db, [usage], uses.clock.now())
  return done
}

async function filmOf({ db }: ForTenants, id: (typeof videos.$inferSelect)['id']) {
  const [row] = await db.select().from(videos).where(eq(videos.id, id))
  return row
}
