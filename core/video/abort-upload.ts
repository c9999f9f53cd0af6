import { and, eq } from 'drizzle-orm'
import { conflict } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import { markDeleted } from './delete-video.ts'
import { uploads } from './schema.ts'
import type { UploadRow } from './upload-store.ts'

/** Cancels an open upload and forgets its parts; a video that was only made for it goes too. Again is no error. */
export async function abortUpload(
  uses: Uses<'db' | 'storage' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  row: UploadRow,
): Promise<void> {
  if (row.state === 'completed')
    throw conflict('upload-completed', 'The upload is complete. Delete the video instead.')
  await uses.storage.abortParts('uploads', row.objectKey, row.storeUpload)
  const open = and(eq(uploads.id, row.id), eq(uploads.state, 'open'))
  const cancelled = await commit(uses, ctx, async (tx, emit) => {
    const aborted = await tx
      .update(uploads)
      .set({ state: 'aborted' })
      .where(open)
      .returning({ id: uploads.id })
    if (aborted.length > 0 && row.madeVideo) await markDeleted(tx, uses, { videoId: row.videoId, emit })
    return aborted.length > 0
  })
  // The last request of the upload may have joined the parts before they could be forgotten.
  if (cancelled) await uses.storage.remove('uploads', row.objectKey)
}
