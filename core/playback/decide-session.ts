import { eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { isId } from '../run/id.ts'
import type { Ask } from './ask.ts'
import type { Found } from './audit.ts'
import { findSession, type SessionRow } from './decide-facts.ts'
import { checkRecent, keepRefusal } from './recent-refusals.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackSessions } from './schema.ts'
import { ageOfToken, endSessions, isOver } from './sessions.ts'
import { type PlaybackToken, readPlaybackToken } from './token.ts'

type Needs = Uses<'db' | 'clock' | 'config' | 'secrets'>

/** The session that goes on, and the token that it was asked with. */
export interface Running {
  readonly session: SessionRow
  readonly token?: { readonly text: string; readonly facts: PlaybackToken }
}

/** The running session of a question by token, or by a verified vendor; `undefined` where somebody asks for a new one. */
export async function runningSession(uses: Needs, ask: Ask, found: Found): Promise<Running | undefined> {
  const { asker } = ask
  if (asker.by === 'actor') return undefined
  if (asker.by === 'session') return { session: await sessionCalled(uses, asker.sessionId, { ask, found }) }
  const facts = await readPlaybackToken(uses, asker.token, ask.door)
  found.sessionId = facts.sessionId
  found.videoId = facts.videoId
  checkRecent(uses, facts.sessionId)
  const session = await sessionCalled(uses, facts.sessionId, { ask, found, facts })
  return { session, token: { text: asker.token ?? '', facts } }
}

interface Asked {
  readonly ask: Ask
  readonly found: Found
  readonly facts?: PlaybackToken
}

async function sessionCalled(uses: Needs, id: string, { ask, found, facts }: Asked): Promise<SessionRow> {
  const session = isId('pbs', id) ? await findSession(uses.db, id) : undefined
  if (!session) throw new PlaybackRefused('playback-token-invalid')
  Object.assign(found, foundOf(session))
  if (facts && !facts.inUrl) await checkReplay(uses, ask, { session, facts })
  checkLive(uses, session)
  const other = ask.videoId !== undefined && ask.videoId !== session.videoId
  const elsewhere = facts?.clientIp !== undefined && facts.clientIp !== ask.request.clientIp
  if (other || elsewhere || (facts && facts.videoId !== session.videoId))
    throw new PlaybackRefused('playback-token-invalid')
  return session
}

export const foundOf = ({ id, userId, videoId, deviceId }: SessionRow): Found => ({
  ...{ sessionId: id, videoId, deviceId },
  userId: userId ?? undefined,
})

/** An old token at the heartbeat tells of a copy that has gone on: nobody knows which of the two is the viewer. */
async function checkReplay(
  uses: Needs,
  { door }: Ask,
  { session, facts }: { session: SessionRow; facts: PlaybackToken },
): Promise<void> {
  const age = ageOfToken(uses, session, facts.number)
  if (age === 'unknown') throw new PlaybackRefused('playback-token-invalid')
  if (age !== 'used') return
  if (door === 'heartbeat') await endSessions(uses, eq(playbackSessions.id, session.id), 'token-copied')
  throw new PlaybackRefused('playback-token-replayed')
}

function checkLive(uses: Needs, session: SessionRow): void {
  if (!isOver(uses, session)) return
  // One that was only away goes on when its player asks for the film again.
  if (session.endedAt) keepRefusal(uses, session.id, 'playback-ended')
  throw new PlaybackRefused('playback-ended')
}
