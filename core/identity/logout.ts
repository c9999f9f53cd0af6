import type { Uses } from '../ports/ports.ts'
import type { SessionId } from '../run/id.ts'
import { readAccessToken } from './access-token.ts'
import { forgetSession } from './authenticate.ts'
import { hashToken } from './session.ts'
import { findRefreshToken, revokeSession } from './store.ts'

type Needs = Uses<'db' | 'secrets' | 'clock' | 'config'>

/**
 * Ends the sessions that the caller's credentials name: its access token, also an expired one, and its refresh token.
 * Without any, or a second time, nothing is left to do. Throws 401 `token-invalid` for a forged access token.
 */
export async function logout(
  ports: Needs,
  from: { accessToken?: string | undefined; refreshToken?: string | undefined },
): Promise<void> {
  const named = await Promise.all([
    ofAccessToken(ports, from.accessToken),
    ofRefreshToken(ports, from.refreshToken),
  ])
  for (const id of new Set(named)) if (id) await end(ports, id)
}

async function end(ports: Needs, id: SessionId): Promise<void> {
  await revokeSession(ports.db, id, ports.clock.now())
  forgetSession(ports, id)
}

async function ofAccessToken(ports: Needs, token: string | undefined): Promise<SessionId | undefined> {
  if (token === undefined) return undefined
  return (await readAccessToken(ports, token, true)).actor.sessionId
}

async function ofRefreshToken({ db }: Needs, token: string | undefined): Promise<SessionId | undefined> {
  if (token === undefined) return undefined
  return (await findRefreshToken(db, hashToken(token)))?.sessionId
}
