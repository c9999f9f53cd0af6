import { and, eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { failFilm } from '../transcode/fail.ts'
import { acceptFilm } from './accept-film.ts'
import { uploads } from './schema.ts'
import { expiredUploads, type UploadRow, waitingUploads } from './upload-store.ts'

type Needs = Uses<'db' | 'storage' | 'bus' | 'clock' | 'ids'>

/** The store's event usually comes within a second; a film younger than this is left to it. */
const GIVE_THE_EVENT_MS = 10_000

/**
 * Finds films whose event was lost, by looking at the store itself, and ends uploads whose time is over.
 * Storage events do get lost: a published video-on-demand system lost 34 of 275.
 */
export async function sweepUploads(uses: Needs, ctx: Context): Promise<void> {
  const before = new Date(uses.clock.now().getTime() - GIVE_THE_EVENT_MS)
  for (const upload of await waitingUploads(uses.db, before)) await acceptIfThere(uses, ctx, upload)
  for (const upload of await expiredUploads(uses.db, uses.clock.now())) await expire(uses, ctx, upload)
}

async function acceptIfThere(uses: Needs, ctx: Context, upload: UploadRow): Promise<void> {
  const object = await uses.storage.head('uploads', upload.objectKey)
  if (!object) return
  ctx.log.warn('found a film without its event', { key: object.key })
  await acceptFilm(uses, ctx, {
    bucket: 'uploads',
    key: object.key,
    sizeBytes: object.sizeBytes,
    etag: object.etag,
  })
}

async function expire(uses: Needs, ctx: Context, upload: UploadRow): Promise<void> {
  await uses.storage.abortParts('uploads', upload.objectKey, upload.storeUpload)
  await uses.db
    .update(uploads)
    .set({ state: 'aborted' })
    .where(and(eq(uploads.id, upload.id), eq(uploads.state, 'open')))
  await failFilm(uses, ctx, { videoId: upload.videoId, generation: 0 }, { reason: 'upload-expired' })
}
