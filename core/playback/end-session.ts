import { eq } from 'drizzle-orm'
import { notFound, unauthorized } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId } from '../run/id.ts'
import { findSession } from './decide-facts.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackSessions } from './schema.ts'
import { endSessions } from './sessions.ts'
import { readPlaybackToken } from './token.ts'

type Needs = Uses<'db' | 'clock' | 'config' | 'secrets'>

/**
 * Ends a session: its own player with its token (`closed`), or its viewer from elsewhere (`revoked`). Ending one that is over
 * succeeds. 404 for a session of somebody else.
 */
export async function endSession(
  uses: Needs,
  { id, token, actor }: { id: string | undefined; token: string | undefined; actor: Actor | undefined },
): Promise<void> {
  if (token !== undefined) return close(uses, id, token)
  if (!actor) throw unauthorized('Ending a playback needs its token, or an access token of its viewer.')
  const session = id !== undefined && isId('pbs', id) ? await findSession(uses.db, id) : undefined
  if (!session || session.userId !== actor.userId) throw notFound('playback session')
  await endSessions(uses, eq(playbackSessions.id, session.id), 'revoked')
}

async function close(uses: Needs, id: string | undefined, token: string): Promise<void> {
  const { sessionId } = await readPlaybackToken(uses, token)
  if (sessionId !== id) throw new PlaybackRefused('playback-token-invalid')
  await endSessions(uses, eq(playbackSessions.id, sessionId), 'closed')
}
