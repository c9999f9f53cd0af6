import { and, eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { eachAlone } from '../run/each-alone.ts'
import { commit } from '../run/emit.ts'
import type { UploadId } from '../run/id.ts'
import { markFailed } from '../transcode/fail.ts'
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
  let after: UploadId | undefined
  do {
    const page = await waitingUploads(uses.db, { before, after })
    await eachAlone(page, ctx, (upload) => acceptIfThere(uses, ctx, upload))
    after = page.at(-1)?.id
  } while (after !== undefined && !ctx.signal.aborted)
  const expired = await expiredUploads(uses.db, uses.clock.now())
  await eachAlone(expired, ctx, (upload) => expire(uses, ctx, upload))
}

/** True when the object was there. */
async function acceptIfThere(uses: Needs, ctx: Context, upload: UploadRow): Promise<boolean> {
  const object = await uses.storage.head('uploads', upload.objectKey)
  if (!object) return false
  ctx.log.warn('found a film without its event', { key: object.key })
  const { key, sizeBytes, etag } = object
  await acceptFilm(uses, ctx, { bucket: 'uploads', key, sizeBytes, etag })
  return true
}

async function expire(uses: Needs, ctx: Context, upload: UploadRow): Promise<void> {
  if (await acceptIfThere(uses, ctx, upload)) return
  await uses.storage.abortParts('uploads', upload.objectKey, upload.storeUpload)
  await commit(uses, ctx, async (tx, emit) => {
    const open = and(eq(uploads.id, upload.id), eq(uploads.state, 'open'))
    await tx.update(uploads).set({ state: 'aborted' }).where(open)
    const work = { videoId: upload.videoId, generation: 0 }
    await markFailed(tx, uses, { work, failure: { reason: 'upload-expired' }, emit })
  })
}
