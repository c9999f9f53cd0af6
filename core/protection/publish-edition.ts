import { and, eq, isNotNull, isNull, like, notLike } from 'drizzle-orm'
import { retiredEditions } from '../playback/schema.ts'
import type { Transaction } from '../ports/database.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit, type Emit } from '../run/emit.ts'
import { writePlaylists } from '../transcode/playlists.ts'
import { units } from '../transcode/schema.ts'
import { protectPrefix } from '../transcode/unit.ts'
import { type UnitProgress, unitStates, unitsOf, type Work } from '../transcode/unit-store.ts'
import { videos } from '../video/schema.ts'
import { mediaExpiry, type VideoRow } from '../video/show.ts'
import { markEditionFailed } from './fail-edition.ts'
import type { Protection } from './model.ts'

/**
 * Puts the film's next edition in the place of the present one, once it is whole; ends it where a unit of it failed. Under
 * the row's lock, and in one transaction with the event: players get the old film or the new one, never some of each.
 */
export async function settleEdition(ports: Ports, ctx: Context, work: Work): Promise<void> {
  const [waiting] = await ports.db.select({ next: videos.nextEdition }).from(videos).where(changing(work))
  if (!waiting || !outcome(await unitStates(ports.db, work), waiting.next)) return
  await commit(ports, ctx, async (tx, emit) => {
    const [video] = await tx.select().from(videos).where(changing(work)).for('update')
    if (!video || video.nextEdition === null || video.nextProtection === null) return
    const [edition, protection] = [video.nextEdition, video.nextProtection]
    const found = outcome(await unitStates(tx, work), edition)
    if (found === 'failed') await markEditionFailed(tx, ports, { work, edition })
    if (found === 'whole') await publish(tx, ports, { video, next: { edition, protection }, emit })
  })
}

const changing = ({ videoId, generation }: Work) =>
  and(
    eq(videos.id, videoId),
    eq(videos.generation, generation),
    isNotNull(videos.nextEdition),
    isNull(videos.deletedAt),
  )

/** `undefined` while units of it are at work. */
function outcome(units: readonly UnitProgress[], edition: number | null): 'whole' | 'failed' | undefined {
  const mine = units.filter(({ name }) => edition !== null && name.startsWith(protectPrefix(edition)))
  if (mine.some(({ state }) => state === 'failed')) return 'failed'
  return mine.length > 0 && mine.every(({ state }) => state === 'done') ? 'whole' : undefined
}

interface Publication {
  readonly video: VideoRow
  readonly next: { readonly edition: number; readonly protection: Protection }
  readonly emit: Emit
}

async function publish(tx: Transaction, ports: Ports, { video, next, emit }: Publication): Promise<void> {
  const { id: videoId, generation } = video
  const made = await unitsOf(tx, { videoId, generation })
  const revision = await writePlaylists(tx, ports, { video: { ...video, ...next }, units: made })
  const nothing = { nextEdition: null, nextProtection: null, protectionFailure: null }
  await tx
    .update(videos)
    .set({ ...next, ...nothing, revision, updatedAt: ports.clock.now() })
    .where(eq(videos.id, videoId))
  await retire(tx, ports, video)
  await forgetOthers(tx, { videoId, generation }, next.edition)
  await emit({ type: 'video.protected', subject: videoId, data: { videoId, generation, ...next } })
}

/** What became of units of earlier editions nobody asks any more, and each holds the sizes of a whole track. */
async function forgetOthers(tx: Transaction, { videoId, generation }: Work, edition: number): Promise<void> {
  const others = and(
    eq(units.videoId, videoId),
    eq(units.generation, generation),
    like(units.name, 'protect/%'),
    notLike(units.name, `${protectPrefix(edition)}%`),
  )
  await tx.delete(units).where(others)
}

/**
 * What was in the clear goes at once: from now on it is to be had with a licence alone. The rest goes when the last URL for it
 * is over, so that whoever watches now watches on.
 */
async function retire(
  tx: Transaction,
  uses: Uses<'clock' | 'config'>,
  { id: videoId, generation, edition, protection }: VideoRow,
): Promise<void> {
  const removeAt = protection === 'clear' ? uses.clock.now() : mediaExpiry(uses)
  await tx.insert(retiredEditions).values({ videoId, generation, edition, removeAt }).onConflictDoNothing()
}
