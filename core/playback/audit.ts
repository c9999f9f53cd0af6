import { lt } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { PlaybackSessionId, UserId, VideoId } from '../run/id.ts'
import type { Ask } from './ask.ts'
import type { RefusalReason } from './model.ts'
import { playbackDecisions } from './schema.ts'

/** What came out while a question was looked at: all of it that is known when the decision falls. */
export interface Found {
  sessionId?: PlaybackSessionId
  userId?: UserId | undefined
  videoId?: VideoId
  deviceId?: string
  country?: string | undefined
}

const MOST_KEY_IDS = 64

/** A row for each decision. Neither keys nor tokens: key ids are public. */
export async function recordDecision(
  { db, clock, ids }: Uses<'db' | 'clock' | 'ids'>,
  { requestId }: Context,
  { ask, found, refusal }: { ask: Ask; found: Found; refusal: RefusalReason | undefined },
): Promise<void> {
  await db.insert(playbackDecisions).values({
    ...found,
    id: ids.uuid(),
    at: clock.now(),
    door: ask.door,
    refusal: refusal ?? null,
    clientIp: ask.request.clientIp,
    keyIds: ask.keyIds?.filter((id) => /^[\da-f-]{32,36}$/i.test(id)).slice(0, MOST_KEY_IDS) ?? null,
    requestId,
  })
}

const KEPT_DAYS = 400

/** Drops decisions of more than a year ago. */
export async function dropOldDecisions({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  const before = new Date(clock.now().getTime() - KEPT_DAYS * 86_400_000)
  await db.delete(playbackDecisions).where(lt(playbackDecisions.at, before))
}
