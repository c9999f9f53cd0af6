import { and, inArray, isNull } from 'drizzle-orm'
import { can } from '../identity/can.ts'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { VideoId } from '../run/id.ts'
import { videoFor } from '../video/find.ts'
import { videos } from '../video/schema.ts'
import { signMedia, type VideoRow } from '../video/show.ts'
import type { TitleCard } from './wire.ts'

type LinkedVideo = Pick<VideoRow, 'id' | 'generation' | 'durationSeconds' | 'poster'>
export type LinkedVideos = ReadonlyMap<VideoId, LinkedVideo>

/** Those of the videos that the actor may see, by id: one's own, and shown ones that play. Deleted ones are nobody's. */
export async function readableVideos(
  db: Db,
  actor: Actor | undefined,
  ids: readonly (VideoId | null)[],
): Promise<LinkedVideos> {
  const wanted = ids.filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  const { id, ownerId, visibility, status, generation, durationSeconds, poster } = videos
  const rows = await db
    .select({ id, ownerId, visibility, status, generation, durationSeconds, poster })
    .from(videos)
    .where(and(inArray(id, wanted), isNull(videos.deletedAt)))
  return new Map(rows.filter((row) => can(actor, 'video:read', row)).map((row) => [row.id, row]))
}

/** What a title or an episode shows of its video; nothing where the video is not among `readable`. */
export async function showLinked(
  uses: Uses<'cdn' | 'clock' | 'config'>,
  readable: LinkedVideos,
  videoId: VideoId | null,
): Promise<Pick<TitleCard, 'videoId' | 'durationSeconds' | 'posterUrl'>> {
  const video = videoId === null ? undefined : readable.get(videoId)
  if (!video) return {}
  const { id, durationSeconds, poster } = video
  return {
    videoId: id,
    ...(durationSeconds === null ? {} : { durationSeconds }),
    ...(poster === null ? {} : { posterUrl: await signMedia(uses, video, poster) }),
  }
}

/** The video that the actor wants to link; their own alone. 404 for one that they may not see, 403 for a public one. */
export async function ownVideo(uses: Uses<'db'>, actor: Actor, id: string): Promise<VideoId> {
  return (await videoFor(uses, actor, 'video:update', id)).id
}
