import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit } from '../run/emit.ts'
import type { FailureReason } from '../video/model.ts'
import { videos } from '../video/schema.ts'
import { cancelUnits, type Work } from './unit-store.ts'

/** Ends a film's work for good, with the reason that its owner reads. A film that failed or is ready already stays so. */
export async function failFilm(
  uses: Uses<'db' | 'bus' | 'clock' | 'ids'>,
  ctx: Context,
  work: Work,
  failure: { reason: FailureReason; detail?: string },
): Promise<void> {
  const { videoId, generation } = work
  await commit(uses, ctx, async (tx, emit) => {
    const atWork = and(
      eq(videos.id, videoId),
      eq(videos.generation, generation),
      inArray(videos.status, ['uploading', 'processing', 'playable']),
      isNull(videos.deletedAt),
    )
    const changed = await tx
      .update(videos)
      .set({ status: 'failed', failure, updatedAt: uses.clock.now() })
      .where(atWork)
      .returning({ id: videos.id })
    if (changed.length === 0) return
    await cancelUnits(tx, uses, work)
    await emit({
      type: 'video.failed',
      subject: videoId,
      data: { videoId, generation, reason: failure.reason },
    })
  })
}
