import { and, eq, isNull } from 'drizzle-orm'
import { shredKeys } from '../drm/content-keys.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { removeAll } from '../ports/storage.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { commit, type Emit } from '../run/emit.ts'
import type { VideoId } from '../run/id.ts'
import { cancelUnits } from '../transcode/unit-store.ts'
import { mediaPrefix, sourcePrefix } from './model.ts'
import { uploads, videos } from './schema.ts'
import { deletedVideos } from './store.ts'
import { uploadsOfVideo } from './upload-store.ts'

/** Deletes a video for its owner at once; its work and objects follow by the event. */
export async function deleteVideo(
  uses: Uses<'db' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  videoId: VideoId,
): Promise<void> {
  await commit(uses, ctx, (tx, emit) => markDeleted(tx, uses, { videoId, emit }))
}

export async function markDeleted(
  tx: Transaction,
  { clock }: Uses<'clock'>,
  { videoId, emit }: { videoId: VideoId; emit: Emit },
): Promise<void> {
  const now = clock.now()
  const standing = and(eq(videos.id, videoId), isNull(videos.deletedAt))
  const marked = await tx
    .update(videos)
    .set({ deletedAt: now, updatedAt: now })
    .where(standing)
    .returning({ generation: videos.generation })
  if (marked.length === 0) return
  // A job that starts late must find nothing to do: it would hold a worker that other films wait for.
  await cancelUnits(tx, { clock }, { videoId, generation: marked[0]?.generation ?? 0 })
  await shredKeys(tx, { clock }, videoId)
  await tx
    .update(uploads)
    .set({ state: 'aborted' })
    .where(and(eq(uploads.videoId, videoId), eq(uploads.state, 'open')))
  await emit({ type: 'video.deleted', subject: videoId, data: { videoId } })
}

/** Removes every object of a video and the parts of its open uploads. Running it again is no error. */
export async function removeObjects(
  { db, storage }: Uses<'db' | 'storage'>,
  videoId: VideoId,
): Promise<void> {
  for (const upload of await uploadsOfVideo(db, videoId))
    await storage.abortParts('uploads', upload.objectKey, upload.storeUpload)
  await removeAll(storage, 'uploads', sourcePrefix(videoId))
  await removeAll(storage, 'media', mediaPrefix(videoId))
}

/** By then no worker can still be writing for a deleted video: its lease ended long ago. */
const SETTLED_AFTER_MS = 5 * 60_000

/** Removes what a late worker may have written after the first removal, and then the rows of deleted videos. */
export async function purgeDeleted(uses: Uses<'db' | 'storage' | 'clock'>, ctx: Context): Promise<void> {
  const before = new Date(uses.clock.now().getTime() - SETTLED_AFTER_MS)
  await eachAlone(await deletedVideos(uses.db, before), ctx, async ({ id }) => {
    await removeObjects(uses, id)
    await uses.db.delete(videos).where(eq(videos.id, id))
  })
}
