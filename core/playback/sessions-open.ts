import { and, eq, isNull, ne, not, sql } from 'drizzle-orm'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { idFromUuid, type UserId, type VideoId } from '../run/id.ts'
import type { SessionRow } from './decide-facts.ts'
import { noteDevice } from './devices.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackSessions } from './schema.ts'
import { endSessions, ofPlayer, placesTaken } from './sessions.ts'

type Needs = Uses<'db' | 'clock' | 'ids' | 'config'>

/** A session as it is wanted. What is not said of the device is made up. */
export interface SessionWanted {
  readonly videoId: VideoId
  readonly userId: UserId | undefined
  readonly deviceId: string | undefined
  readonly deviceName: string | undefined
  readonly playerId: string | undefined
  readonly clientIp: string
  readonly country: string | undefined
  /** Places that the viewer has; `undefined` where watching takes none. */
  readonly places: number | undefined
}

/**
 * Opens a session. The same film in the same player goes on with its session and a fresh token; another film there ends the
 * one before. Places and devices are counted under a lock of the viewer: of many who ask at once as many get one as there are.
 */
export async function openSession(uses: Needs, wanted: SessionWanted): Promise<SessionRow> {
  const session = newSession(uses, wanted)
  const { userId } = wanted
  if (userId === undefined) return firstOf(await uses.db.insert(playbackSessions).values(session).returning())
  return uses.db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`viewer ${userId}`}, 0))`)
    if (wanted.places !== undefined) await takePlace(tx, uses, { session, userId, places: wanted.places })
    const others = and(ofPlayer(userId, session), ne(playbackSessions.videoId, session.videoId))
    await endSessions({ db: tx, clock: uses.clock }, others, 'replaced')
    return (
      (await goOn(tx, session, userId)) ??
      firstOf(await tx.insert(playbackSessions).values(session).returning())
    )
  })
}

function newSession({ ids, clock }: Needs, wanted: SessionWanted) {
  const [id, now] = [idFromUuid('pbs', ids.uuid()), clock.now()]
  const { videoId, userId, deviceId, deviceName, playerId, clientIp, country, places } = wanted
  return {
    ...{ id, videoId, clientIp, userId: userId ?? null, country: country ?? null },
    ...{ deviceId: deviceId ?? id, deviceName: deviceName ?? null, playerId: playerId ?? 'main' },
    ...{ counts: places !== undefined, tokenNumber: 1 },
    ...{ tokenAt: now, createdAt: now, heartbeatAt: now },
  }
}
type NewSession = ReturnType<typeof newSession>

async function takePlace(
  tx: Transaction,
  uses: Needs,
  { session, userId, places }: { session: NewSession; userId: UserId; places: number },
): Promise<void> {
  const { deviceId, deviceName: name } = session
  await noteDevice(tx, uses, { userId, deviceId, name })
  const ours = ofPlayer(userId, session)
  // What this very player has open goes on, or is replaced: it takes no second place.
  const taken = await placesTaken(tx, uses, { userId, besides: ours && not(ours) })
  if (taken >= places) throw new PlaybackRefused('too-many-streams')
}

async function goOn(tx: Transaction, session: NewSession, userId: UserId): Promise<SessionRow | undefined> {
  const { id: _id, createdAt: _createdAt, tokenNumber: _number, ...now } = session
  const same = and(
    ofPlayer(userId, session),
    eq(playbackSessions.videoId, session.videoId),
    isNull(playbackSessions.endedAt),
  )
  const [found] = await tx
    .update(playbackSessions)
    .set({ ...now, tokenNumber: sql`${playbackSessions.tokenNumber} + 1` })
    .where(same)
    .returning()
  return found
}

function firstOf(rows: readonly SessionRow[]): SessionRow {
  const [row] = rows
  if (!row) throw new Error('the database returned no row for a session that it took')
  return row
}
