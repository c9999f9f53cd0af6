import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit, type Emit } from '../run/emit.ts'
import type { FailureReason } from '../video/model.ts'
import { thumbnails, videos } from '../video/schema.ts'
import { cancelUnits, type Work } from './unit-store.ts'

export interface Failure {
  readonly reason: FailureReason
  readonly detail?: string
}

/** Our own work failed, and not the film; `detail` names the unit for the operator. */
export const workFailed = ({ name }: { readonly name: string }): Failure => ({
  reason: 'work-failed',
  detail: name,
})

/** Ends a film's work for good, with the reason that its owner reads. A film that failed or is ready already stays so. */
export async function failFilm(
  uses: Uses<'db' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  work: Work,
  failure: Failure,
): Promise<void> {
  await commit(uses, ctx, (tx, emit) => markFailed(tx, uses, { work, failure, emit }))
}

/** The same within a transaction, so that what led to the failure and the failure itself are written together. */
export async function markFailed(
  tx: Transaction,
  uses: Uses<'clock'>,
  { work, failure, emit }: { work: Work; failure: Failure; emit: Emit },
): Promise<void> {
  const { videoId, generation } = work
  const atWork = and(
    eq(videos.id, videoId),
    eq(videos.generation, generation),
    inArray(videos.status, ['uploading', 'processing', 'playable']),
    isNull(videos.deletedAt),
  )
  const changed = await tx
    .update(videos)
    .set({ status: 'failed', failure, poster: null, updatedAt: uses.clock.now() })
    .where(atWork)
    .returning({ id: videos.id })
  if (changed.length === 0) return
  await cancelUnits(tx, uses, work)
  // Their objects go with the generation's.
  await tx
    .delete(thumbnails)
    .where(and(eq(thumbnails.videoId, videoId), eq(thumbnails.generation, generation)))
  await emit({
    type: 'video.failed',
    subject: videoId,
    data: { videoId, generation, reason: failure.reason },
  })
}
