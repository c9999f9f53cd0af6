import { and, count, eq, gt, isNull, lt, or, type SQL } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'
import type { SessionRow } from './decide-facts.ts'
import type { SessionEnd } from './model.ts'
import { playbackSessions } from './schema.ts'

/** A session that misses three heartbeats is over. */
const MISSED = 3
/**
 * The token before the newest stays good for a heartbeat and so long: requests with it are on their way, and answers get lost.
 * A player gives an answer up after 15 seconds, and only then waits for its next heartbeat.
 */
const GRACE_MS = 25_000

type Times = Uses<'clock' | 'config'>

/** Sessions whose last heartbeat came before it are over. */
export const awayBefore = ({ clock, config }: Times): Date =>
  new Date(clock.now().getTime() - MISSED * config.playbackHeartbeatSeconds * 1000)

/** Condition: nobody has ended it, and its heartbeats come. */
export const isLive = (times: Times): SQL | undefined =>
  and(isNull(playbackSessions.endedAt), gt(playbackSessions.heartbeatAt, awayBefore(times)))

export const isOver = (times: Times, session: SessionRow): boolean =>
  session.endedAt !== null || session.heartbeatAt <= awayBefore(times)

/** Whether a token is the session's newest, the one before that for a moment, or was used up. */
export function ageOfToken(
  { clock, config }: Times,
  session: SessionRow,
  number: number,
): 'newest' | 'last' | 'used' | 'unknown' {
  if (number > session.tokenNumber) return 'unknown'
  if (number === session.tokenNumber) return 'newest'
  const grace = GRACE_MS + config.playbackHeartbeatSeconds * 1000
  const inGrace = clock.now().getTime() - session.tokenAt.getTime() <= grace
  return number === session.tokenNumber - 1 && inGrace ? 'last' : 'used'
}

/**
 * Takes a heartbeat: the session lives on, and its next token has the next number. The token before the newest brings the
 * newest again, and stays good for another while: the answer that held the newest was lost, and this one may be. `undefined`
 * where the session was over meanwhile: its place may be another's by now.
 */
export async function beat(
  uses: Uses<'db' | 'clock' | 'config'>,
  session: SessionRow,
  number: number,
): Promise<SessionRow | undefined> {
  const now = uses.clock.now()
  const isNewest = eq(playbackSessions.tokenNumber, number)
  const running = and(eq(playbackSessions.id, session.id), isLive(uses))
  const [beaten] = await uses.db
    .update(playbackSessions)
    .set({ heartbeatAt: now, tokenNumber: number + 1, tokenAt: now })
    .where(and(running, isNewest))
    .returning()
  if (beaten) return beaten
  const [kept] = await uses.db
    .update(playbackSessions)
    .set({ heartbeatAt: now, tokenAt: now })
    .where(running)
    .returning()
  return kept
}

/** Ends those of the sessions that are not ended yet; answers how many. */
export async function endSessions(
  { db, clock }: { readonly db: Db; readonly clock: Uses<'clock'>['clock'] },
  which: SQL | undefined,
  endedBy: SessionEnd,
): Promise<number> {
  const rows = await db
    .update(playbackSessions)
    .set({ endedAt: clock.now(), endedBy })
    .where(and(which, isNull(playbackSessions.endedAt)))
    .returning({ id: playbackSessions.id })
  return rows.length
}

/** Places of the viewer that are taken by others than this session: all of them, or those that were taken before it. */
export async function placesTaken(
  db: Db,
  uses: Times,
  { userId, besides, before }: { userId: UserId; besides?: SQL | undefined; before?: SessionRow },
): Promise<number> {
  const { createdAt, id, counts } = playbackSessions
  const earlier =
    before && or(lt(createdAt, before.createdAt), and(eq(createdAt, before.createdAt), lt(id, before.id)))
  const [row] = await db
    .select({ taken: count() })
    .from(playbackSessions)
    .where(and(eq(playbackSessions.userId, userId), eq(counts, true), isLive(uses), earlier, besides))
  return row?.taken ?? 0
}

/** Condition: of this player of this device of this viewer. */
export const ofPlayer = (userId: UserId, at: Pick<SessionRow, 'deviceId' | 'playerId'>): SQL | undefined =>
  and(
    eq(playbackSessions.userId, userId),
    eq(playbackSessions.deviceId, at.deviceId),
    eq(playbackSessions.playerId, at.playerId),
  )
