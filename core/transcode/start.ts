import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { VideoId } from '../run/id.ts'
import { findVideo, videosAtWork } from '../video/store.ts'
import { unitStates, type Work } from './unit-store.ts'

/** The job's id: the same work is never started twice. */
export const jobId = ({ videoId, generation }: Work): string => `${videoId}-g${generation}`

export async function startTranscode({ jobs }: Uses<'jobs'>, work: Work): Promise<void> {
  const { videoId, generation } = work
  await jobs.start('transcode', jobId(work), { videoId, generation })
}

/** Starts again the jobs of films that are at work while nothing works on them: after a crash, a lost event or a lost container. */
export async function sweepTranscodes(uses: Uses<'db' | 'jobs'>, ctx: Context): Promise<void> {
  for (const { id, generation } of await videosAtWork(uses.db)) {
    const work = { videoId: id, generation }
    const state = await uses.jobs.state(jobId(work))
    if (state === 'queued' || state === 'running' || !(await stillAtWork(uses, id))) continue
    const left = (await unitStates(uses.db, work)).filter((unit) => unit.state !== 'done').length
    ctx.log.warn('film had no worker, starting its job again', { video: id, unitsLeft: left })
    await startTranscode(uses, work)
  }
}

/** Asked after the job's state: a film that finished between the two questions has no worker and needs none. */
async function stillAtWork({ db }: Uses<'db'>, id: VideoId): Promise<boolean> {
  const status = (await findVideo(db, id))?.status
  return status === 'processing' || status === 'playable'
}
