import { and, eq, inArray, like } from 'drizzle-orm'
import { retiredEditions } from '../playback/schema.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { units } from '../transcode/schema.ts'
import { protectPrefix } from '../transcode/unit.ts'
import type { Work } from '../transcode/unit-store.ts'
import { videos } from '../video/schema.ts'

const WORDS =
  'The film could not be protected anew, although it was tried several times. It plays as it did before.'

/** By then no worker can still be writing: its lease ended long ago. */
const SETTLED_AFTER_MS = 5 * 60_000

/**
 * Ends the making of an edition for good, and not the film: that plays on as it is. What was made of the edition is removed by
 * the sweep; its keys stay, and open nothing.
 */
export async function markEditionFailed(
  tx: Transaction,
  { clock }: Uses<'clock'>,
  { work, edition }: { work: Work; edition: number },
): Promise<void> {
  const { videoId, generation } = work
  const now = clock.now()
  const wanted = and(
    eq(videos.id, videoId),
    eq(videos.generation, generation),
    eq(videos.nextEdition, edition),
  )
  const changed = await tx
    .update(videos)
    .set({ nextEdition: null, nextProtection: null, protectionFailure: WORDS, updatedAt: now })
    .where(wanted)
    .returning({ id: videos.id })
  if (changed.length === 0) return
  const left = and(
    eq(units.videoId, videoId),
    eq(units.generation, generation),
    like(units.name, `${protectPrefix(edition)}%`),
    inArray(units.state, ['waiting', 'leased']),
  )
  await tx
    .update(units)
    .set({ state: 'failed', leaseToken: null, leaseUntil: null, updatedAt: now })
    .where(left)
  const removeAt = new Date(now.getTime() + SETTLED_AFTER_MS)
  await tx.insert(retiredEditions).values({ videoId, generation, edition, removeAt }).onConflictDoNothing()
}
