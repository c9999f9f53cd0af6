import type { Uses } from '../ports/ports.ts'
import type { Work } from '../transcode/unit-store.ts'

/** The id of the job that makes the pictures of a film which were too much for a function. */
export const picturesJobId = ({ videoId, generation }: Work): string => `${videoId}-g${generation}-thumbnails`

/** Starts that job. Starting it twice starts it once. */
export async function handToJob({ jobs }: Uses<'jobs'>, work: Work): Promise<void> {
  const { videoId, generation } = work
  await jobs.start('thumbnails', picturesJobId(work), { videoId, generation })
}
