import { and, eq, isNull, ne } from 'drizzle-orm'
import type { StorageEvents } from '../../events/storage.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { isId, type VideoId } from '../run/id.ts'
import { done, drop, type Verdict } from '../run/verdict.ts'
import { PROBE_UNIT } from '../transcode/unit.ts'
import { addUnits } from '../transcode/unit-store.ts'
import { parseSourceKey } from './model.ts'
import { uploads, videos } from './schema.ts'
import { findVideo } from './store.ts'
import { findUpload, type UploadRow } from './upload-store.ts'

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
  if (!upload || !(await begin(uses, ctx, { upload, object }))) return removeOrphan(uses, ctx, object)
  // What a store keeps of a join that was cut off in its last step would hold on to the film's bytes.
  await uses.storage.abortParts('uploads', upload.objectKey, upload.storeUpload)
  return done
}

interface Film {
  readonly upload: UploadRow
  readonly object: Created
}

/** False when the upload was cancelled or the video has another film. */
function begin(uses: Needs, ctx: Context, { upload, object }: Film): Promise<boolean> {
  const { id, videoId } = upload
  return commit(uses, ctx, async (tx, emit) => {
    const standing = and(eq(uploads.id, id), ne(uploads.state, 'aborted'))
    const kept = await tx
      .update(uploads)
      .set({ state: 'completed' })
      .where(standing)
      .returning({ id: uploads.id })
    if (kept.length === 0) return false
    const generation = 1
    const film = { generation, sourceKey: object.key, sourceEtag: object.etag }
    const set = { status: 'processing', ...film, updatedAt: uses.clock.now() } as const
    const waiting = and(eq(videos.id, videoId), eq(videos.status, 'uploading'), isNull(videos.deletedAt))
    const moved = await tx.update(videos).set(set).where(waiting).returning({ id: videos.id })
    if (moved.length === 0) return isFilmOf(tx, videoId, object.key)
    await addUnits(tx, uses, { videoId, generation }, [PROBE])
    await emit({ type: 'video.uploaded', subject: videoId, data: { videoId, generation } })
    return true
  })
}

const PROBE = { name: PROBE_UNIT, spec: { kind: 'probe' }, priority: 0, work: 0 } as const

/** Told twice, or of a film that failed since: nothing to do. Told of another film than the video's: nobody wants it. */
async function isFilmOf(tx: Transaction, videoId: VideoId, key: string): Promise<boolean> {
  const video = await findVideo(tx, videoId)
  return video?.sourceKey === key
}

/** The upload was cancelled while its last request was under way. */
async function removeOrphan({ storage }: Needs, ctx: Context, { key }: Created): Promise<Verdict> {
  ctx.log.warn('removed an object whose upload is gone', { key })
  await storage.remove('uploads', key)
  return done
}
