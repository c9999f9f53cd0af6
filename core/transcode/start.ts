import type { Uses } from '../ports/ports.ts'
import { attemptsOf, countAttempt } from '../run/attempts.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import type { VideoId } from '../run/id.ts'
import { findVideo, videosAtWork } from '../video/store.ts'
import { failFilm, workFailed } from './fail.ts'
import { unitStates, type Work } from './unit-store.ts'

/** The job's id: the same work is never started twice. */
export const jobId = ({ videoId, generation }: Work): string => `${videoId}-g${generation}`

export async function startTranscode({ jobs }: Uses<'jobs'>, work: Work): Promise<void> {
  const { videoId, generation } = work
  await jobs.start('transcode', jobId(work), { videoId, generation })
}

/** A job that is lost so often dies before it does anything: a broken image, a database that it cannot reach. */
const MOST_RESTARTS = 30

/**
 * Starts again the jobs of films that are at work while nothing works on them: after a crash, a lost event or a lost
 * container. A film whose job is lost thirty times has failed.
 */
export async function sweepTranscodes(
  uses: Uses<'db' | 'jobs' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
): Promise<void> {
  await eachAlone(await videosAtWork(uses.db), ctx, async ({ id, generation }) => {
    const work = { videoId: id, generation }
    const state = await uses.jobs.state(jobId(work))
    if (state === 'queued' || state === 'running' || !(await stillAtWork(uses, id))) return
    await startAgain(uses, ctx, work)
  })
}

async function startAgain(
  uses: Uses<'db' | 'jobs' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  work: Work,
): Promise<void> {
  const restarts = { consumer: 'transcode-sweep', event: { id: jobId(work), source: '/skyreel/jobs' } }
  const before = await attemptsOf(restarts, uses)
  const left = (await unitStates(uses.db, work)).filter((unit) => unit.state !== 'done').length
  const facts = { video: work.videoId, unitsLeft: left, restarts: before }
  if (before >= MOST_RESTARTS) {
    ctx.log.error('film is given up: its job was lost too often', facts)
    return failFilm(uses, ctx, work, workFailed({ name: 'job' }))
  }
  ctx.log.warn('film had no worker, starting its job again', facts)
  await countAttempt(restarts, before + 1, uses)
  await startTranscode(uses, work)
}

/** Asked after the job's state: a film that finished between the two questions has no worker and needs none. */
async function stillAtWork({ db }: Uses<'db'>, id: VideoId): Promise<boolean> {
  const status = (await findVideo(db, id))?.status
  return status === 'processing' || status === 'playable'
}
