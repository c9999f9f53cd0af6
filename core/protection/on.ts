import { and, eq, like, ne } from 'drizzle-orm'
import type { EventData } from '../../events/catalog.ts'
import type { Uses } from '../ports/ports.ts'
import type { Envelope } from '../run/envelope.ts'
import type { VideoId } from '../run/id.ts'
import { done, retry, type Verdict } from '../run/verdict.ts'
import { units } from '../transcode/schema.ts'
import { jobId, startTranscode } from '../transcode/start.ts'
import { protectPrefix } from '../transcode/unit.ts'
import type { Work } from '../transcode/unit-store.ts'
import { findVideo } from '../video/store.ts'

type Protecting = Envelope<'video.protecting', EventData<'video.protecting'>>

/** Deliveries after which the rest is left to the sweep: it looks each minute. */
const TRIES = 3
const AGAIN_AFTER_SECONDS = 2

/**
 * A film's protection is to change: the job that made it goes on with that. One that was just about to end when it was started
 * again has taken nothing up, so it is asked for once more.
 */
export async function onVideoProtecting(
  { data, attempt }: Protecting,
  uses: Uses<'db' | 'jobs'>,
): Promise<Verdict> {
  const work = { videoId: data.videoId as VideoId, generation: data.generation }
  const before = await uses.jobs.state(jobId(work))
  await startTranscode(uses, work)
  if (before !== 'running' || attempt > TRIES || (await isTakenUp(uses, work, data.edition))) return done
  return retry('the job that made the film was still running', AGAIN_AFTER_SECONDS)
}

async function isTakenUp({ db }: Uses<'db'>, work: Work, edition: number): Promise<boolean> {
  if ((await findVideo(db, work.videoId))?.nextEdition !== edition) return true
  const begun = and(
    eq(units.videoId, work.videoId),
    eq(units.generation, work.generation),
    like(units.name, `${protectPrefix(edition)}%`),
    ne(units.state, 'waiting'),
  )
  return (await db.select({ id: units.id }).from(units).where(begun).limit(1)).length > 0
}
