import { and, eq, isNull, ne } from 'drizzle-orm'
import type { StorageEvents } from '../../events/storage.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { isId, type UploadId, type VideoId } from '../run/id.ts'
import { done, drop, type Verdict } from '../run/verdict.ts'
import { PROBE_UNIT } from '../transcode/unit.ts'
import { addUnits } from '../transcode/unit-store.ts'
import { parseSourceKey } from './model.ts'
import { uploads, videos } from './schema.ts'
import { findUpload } from './upload-store.ts'

type Needs = Uses<'db' | 'storage' | 'bus' | 'clock' | 'ids'>
type Created = StorageEvents['storage.object.created']

/**
 * A film lies whole in the store: its video goes to `processing` and gets its first unit of work, in one transaction
 * with the event that starts the job. The store may tell twice and late: only a video that still waits is moved.
 */
export async function acceptFilm(uses: Needs, ctx: Context, object: Created): Promise<Verdict> {
  const ids = parseSourceKey(object.key)
  if (!ids || !isId('vid', ids.videoId) || !isId('upl', ids.uploadId)) return drop('not a film of ours')
  const upload = await findUpload(uses.db, ids.uploadId)
  if (!upload || upload.state === 'aborted') return removeOrphan(uses, ctx, object)
  await begin(uses, ctx, { videoId: ids.videoId, uploadId: ids.uploadId, object })
  return done
}

interface Film {
  readonly videoId: VideoId
  readonly uploadId: UploadId
  readonly object: Created
}

async function begin(uses: Needs, ctx: Context, { videoId, uploadId, object }: Film): Promise<void> {
  await commit(uses, ctx, async (tx, emit) => {
    await tx
      .update(uploads)
      .set({ state: 'completed' })
      .where(and(eq(uploads.id, uploadId), ne(uploads.state, 'completed')))
    const generation = 1
    const set = {
      status: 'processing',
      generation,
      sourceKey: object.key,
      sourceEtag: object.etag,
      updatedAt: uses.clock.now(),
    } as const
    const waiting = and(eq(videos.id, videoId), eq(videos.status, 'uploading'), isNull(videos.deletedAt))
    const moved = await tx.update(videos).set(set).where(waiting).returning({ id: videos.id })
    if (moved.length === 0) return
    await addUnits(tx, uses, { videoId, generation }, [
      { name: PROBE_UNIT, spec: { kind: 'probe' }, priority: 0, work: 0 },
    ])
    await emit({ type: 'video.uploaded', subject: videoId, data: { videoId, generation } })
  })
}

/** The upload was cancelled while its last request was under way. */
async function removeOrphan({ storage }: Needs, ctx: Context, { key }: Created): Promise<Verdict> {
  ctx.log.warn('removed an object whose upload is gone', { key })
  await storage.remove('uploads', key)
  return done
}
