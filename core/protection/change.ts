import { and, eq, sql } from 'drizzle-orm'
import type * as z from 'zod/mini'
import { makeContentKeys } from '../drm/content-keys.ts'
import { conflict } from '../http/problem.ts'
import type { Db, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit, type Emit } from '../run/emit.ts'
import type { VideoId } from '../run/id.ts'
import { units } from '../transcode/schema.ts'
import { addUnits, unitsOf, type Work } from '../transcode/unit-store.ts'
import { lockVideo } from '../video/lock.ts'
import { videos } from '../video/schema.ts'
import type { VideoRow } from '../video/show.ts'
import { findVideo } from '../video/store.ts'
import { labelsOf, planProtection, publishedTracks } from './plan.ts'
import type { ProtectionChange } from './wire.ts'

type Needs = Uses<'db' | 'bus' | 'clock' | 'ids' | 'keyVault'>
type Wanted = z.infer<typeof ProtectionChange>

/**
 * Begins to encrypt a film in another way, or with other keys; it plays on as it is until that is whole. False where it is so
 * already. 409 for a film that is not ready, and while another change is under way.
 */
export async function changeProtection(
  uses: Needs,
  ctx: Context,
  videoId: VideoId,
  wanted: Wanted,
): Promise<boolean> {
  return commit(uses, ctx, async (tx, emit) => {
    await lockVideo(tx, videoId)
    const video = await findVideo(tx, videoId)
    if (!video || isSo(video, wanted)) return false
    await begin(tx, uses, { video, wanted, emit })
    return true
  })
}

/** Whether there is nothing to do. Throws where nothing may be done now. */
function isSo(video: VideoRow, { protection, newKeys = false }: Wanted): boolean {
  if (video.status !== 'ready')
    throw conflict(
      'not-ready',
      `The film is ${video.status}. Its protection can be changed once it is ready.`,
    )
  if (video.nextEdition !== null)
    throw conflict(
      'protection-under-way',
      'The film is being protected anew already. Wait until that is done.',
    )
  return video.protection === protection && (!newKeys || protection === 'clear')
}

interface Beginning {
  readonly video: VideoRow
  readonly wanted: Wanted
  readonly emit: Emit
}

async function begin(tx: Transaction, uses: Needs, { video, wanted, emit }: Beginning): Promise<void> {
  const { id: videoId, generation } = video
  const { protection } = wanted
  const made = await unitsOf(tx, { videoId, generation })
  const tracks = publishedTracks(video, made)
  const edition = (await lastEdition(tx, { videoId, generation })) + 1
  if (protection !== 'clear')
    await makeContentKeys(tx, uses, { videoId, generation, edition, protection, labels: labelsOf(tracks) })
  const from = { edition: video.edition, protection: video.protection }
  const planned = planProtection(video, tracks, { edition, from, to: protection })
  await addUnits(tx, uses, { videoId, generation }, planned)
  const next = { nextEdition: edition, nextProtection: protection, protectionFailure: null }
  await tx
    .update(videos)
    .set({ ...next, updatedAt: uses.clock.now() })
    .where(eq(videos.id, videoId))
  await emit({
    type: 'video.protecting',
    subject: videoId,
    data: { videoId, generation, edition, protection },
  })
}

/** Of those that were given up, too: their keys and objects are not to be met again. */
async function lastEdition(db: Db, { videoId, generation }: Work): Promise<number> {
  const edition = sql<number | null>`max((${units.spec}->>'edition')::int)`.mapWith(Number)
  const [row] = await db
    .select({ edition })
    .from(units)
    .where(and(eq(units.videoId, videoId), eq(units.generation, generation)))
  return row?.edition ?? 0
}
