import { eq } from 'drizzle-orm'
import type { EventData } from '../../events/catalog.ts'
import type { Ports } from '../ports/ports.ts'
import { removeAll } from '../ports/storage.ts'
import type { Context } from '../run/context.ts'
import type { Envelope } from '../run/envelope.ts'
import type { VideoId } from '../run/id.ts'
import { done, type Verdict } from '../run/verdict.ts'
import { picturesJobId } from '../thumbnails/hand-over.ts'
import { jobId, startTranscode } from '../transcode/start.ts'
import type { Work } from '../transcode/unit-store.ts'
import { acceptFilm } from './accept-film.ts'
import { removeObjects } from './delete-video.ts'
import { generationPrefix, sourcePrefix } from './model.ts'
import { videos } from './schema.ts'

type On<T extends keyof EventMap> = (
  event: Envelope<T, EventMap[T]>,
  ports: Ports,
  ctx: Context,
) => Promise<Verdict>
type EventMap = {
  [T in 'storage.object.created' | 'video.uploaded' | 'video.failed' | 'video.deleted']: EventData<T>
}

/** An object in the uploads bucket became whole. */
export const onMediaUploaded: On<'storage.object.created'> = (event, ports, ctx) =>
  acceptFilm(ports, ctx, event.data)

/** A film was accepted: its job starts. */
export const onVideoUploaded: On<'video.uploaded'> = async (event, ports) => {
  await startTranscode(ports, workOf(event.data))
  return done
}

/** A film failed: nothing of it is left behind. Only where our own work failed the source stays, for another try. */
export const onVideoFailed: On<'video.failed'> = async (event, ports) => {
  const { videoId, generation } = workOf(event.data)
  await stopJobs(ports, { videoId, generation })
  await removeAll(ports.storage, 'media', generationPrefix(videoId, generation))
  if (event.data.reason !== 'work-failed') await removeAll(ports.storage, 'uploads', sourcePrefix(videoId))
  return done
}

/** A video was deleted: its work stops, then its objects go. Its row follows with the sweep. */
export const onVideoDeleted: On<'video.deleted'> = async (event, ports) => {
  const videoId = event.data.videoId as VideoId
  const [row] = await ports.db
    .select({ generation: videos.generation })
    .from(videos)
    .where(eq(videos.id, videoId))
  if (row) await stopJobs(ports, { videoId, generation: row.generation })
  await removeObjects(ports, videoId)
  return done
}

async function stopJobs({ jobs }: Pick<Ports, 'jobs'>, work: Work): Promise<void> {
  await Promise.all([jobs.stop(jobId(work)), jobs.stop(picturesJobId(work))])
}

const workOf = (data: { videoId: string; generation: number }) => ({
  videoId: data.videoId as VideoId,
  generation: data.generation,
})
