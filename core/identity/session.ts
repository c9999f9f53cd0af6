import { createHash } from 'node:crypto'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { idFromUuid, type SessionId } from '../run/id.ts'
import { signAccessToken } from './access-token.ts'
import { daysAfter, SESSION_MAX_DAYS } from './model.ts'
import { insertRefreshToken, insertSession, type UserRow } from './store.ts'
import type { Tokens, User } from './wire.ts'

const REFRESH_TOKEN_BYTES = 32

type Needs = Uses<'secrets' | 'clock' | 'config' | 'ids'>

/** Signs a user in on a new device: a session with its first refresh token, in the caller's transaction. */
export async function beginSession(tx: Db, ports: Needs, user: UserRow): Promise<Tokens> {
  const createdAt = ports.clock.now()
  const sessionId = idFromUuid('ses', ports.ids.uuid())
  const refreshToken = ports.ids.secret(REFRESH_TOKEN_BYTES)
  await insertSession(tx, {
    id: sessionId,
    userId: user.id,
    createdAt,
    expiresAt: daysAfter(createdAt, SESSION_MAX_DAYS),
  })
  await insertRefreshToken(tx, { hash: hashToken(refreshToken), sessionId, createdAt })
  return tokensFor(ports, user, { sessionId, refreshToken })
}

/** What a signed-in client gets: a fresh access token beside the refresh token. */
export async function tokensFor(
  ports: Needs,
  user: UserRow,
  { sessionId, refreshToken }: { sessionId: SessionId; refreshToken: string },
): Promise<Tokens> {
  const accessToken = await signAccessToken(ports, { userId: user.id, sessionId })
  const expiresInSeconds = ports.config.accessTokenSeconds
  return { accessToken, tokenType: 'Bearer', expiresInSeconds, refreshToken, user: toUser(user) }
}

/** The user as the API shows it: never the password hash. */
export const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
})

/** SHA-256 in hex: a token of 256 random bits needs no slow hash. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')
