import { and, isNotNull, isNull } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { attemptsOf, countAttempt } from '../run/attempts.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { commit } from '../run/emit.ts'
import { jobId, startTranscode } from '../transcode/start.ts'
import { videos } from '../video/schema.ts'
import { findVideo } from '../video/store.ts'
import { markEditionFailed } from './fail-edition.ts'

type Needs = Uses<'db' | 'jobs' | 'bus' | 'clock' | 'ids'>

/** A job that is lost so often dies before it does anything. */
const MOST_RESTARTS = 30

/**
 * Starts again the jobs of films whose protection is to change while nothing works on it. A change whose job is lost thirty times
 * is given up; the film plays on.
 */
export async function sweepEditions(uses: Needs, ctx: Context): Promise<void> {
  const { id, generation, nextEdition } = videos
  const waiting = await uses.db
    .select({ id, generation, nextEdition })
    .from(videos)
    .where(and(isNotNull(nextEdition), isNull(videos.deletedAt)))
  await eachAlone(waiting, ctx, async ({ id: videoId, generation: n, nextEdition: edition }) => {
    const work = { videoId, generation: n }
    const state = await uses.jobs.state(jobId(work))
    if (edition === null || state === 'queued' || state === 'running') return
    // Asked after the job's state: it may have ended with its work done.
    if ((await findVideo(uses.db, videoId))?.nextEdition !== edition) return
    await startAgain(uses, ctx, { ...work, edition })
  })
}

type NextEdition = Parameters<typeof startTranscode>[1] & { readonly edition: number }

async function startAgain(uses: Needs, ctx: Context, { edition, ...work }: NextEdition): Promise<void> {
  const event = { id: `${jobId(work)}-e${edition}`, source: '/skyreel/jobs' }
  const restarts = { consumer: 'transcode-sweep', event }
  const before = await attemptsOf(restarts, uses)
  const facts = { video: work.videoId, edition, restarts: before }
  if (before >= MOST_RESTARTS) {
    ctx.log.error('a change of protection is given up: its job was lost too often', facts)
    await commit(uses, ctx, (tx) => markEditionFailed(tx, uses, { work, edition }))
    return
  }
  ctx.log.warn('a change of protection had no worker, starting its job again', facts)
  await countAttempt(restarts, before + 1, uses)
  await startTranscode(uses, work)
}
