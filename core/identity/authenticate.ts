import type { HttpRequest } from '../http/request.ts'
import type { Authenticate } from '../http/router.ts'
import type { Database } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { SessionId } from '../run/id.ts'
import { type AccessToken, readAccessToken } from './access-token.ts'
import { SESSION_RECHECK_SECONDS } from './model.ts'
import { sessionEnded, tokenExpired, tokenInvalid } from './problems.ts'
import { findSignedIn } from './store.ts'

type Needs = Uses<'db' | 'secrets' | 'clock' | 'config'>

interface Known extends AccessToken {
  readonly recheckAt: number
}

/**
 * A signature costs 0.1 ms and the session a query, so what was found is kept: the token until it expires, the session
 * for SESSION_RECHECK_SECONDS and for reading requests only. Kept by database port: two columns in one process, or two
 * functions, share nothing.
 */
const known = new WeakMap<Database, Map<string, Known>>()
const MAX_KNOWN = 10_000
const READING = new Set(['GET', 'HEAD'])

/**
 * Who asks, by `Authorization: Bearer <token>`; nobody without the header. Throws 401 `token-expired`, `token-invalid`
 * (forged, malformed, another scheme) or `session-ended` (signed out, revoked, account gone).
 */
export const authenticate: Authenticate = async (request, ports) => {
  const token = bearerToken(request)
  if (token === undefined) return undefined
  const tokens = tokensOf(ports)
  const now = ports.clock.now().getTime()
  const held = tokens.get(token)
  if (held && held.expiresAt.getTime() <= now) throw drop(tokens, token)
  if (held && now < held.recheckAt && READING.has(request.method)) return held.actor
  return (await look(ports, tokens, { token, held })).actor
}

async function look(
  ports: Needs,
  tokens: Map<string, Known>,
  { token, held }: { token: string; held: Known | undefined },
) {
  const read = held ?? (await readAccessToken(ports, token))
  const now = ports.clock.now()
  if (!(await findSignedIn(ports.db, read.actor, now))) {
    tokens.delete(token)
    throw sessionEnded()
  }
  const fresh = { ...read, recheckAt: now.getTime() + SESSION_RECHECK_SECONDS * 1000 }
  keep(tokens, token, fresh)
  return fresh
}

/** The token of the header; `undefined` without one. Throws 401 `token-invalid` for another scheme. */
export function bearerToken(request: HttpRequest): string | undefined {
  const { authorization } = request.headers
  if (authorization === undefined) return undefined
  const token = /^bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1]
  if (token === undefined) throw tokenInvalid()
  return token
}

/** Makes this process look the session up again, also for reading. */
export function forgetSession({ db }: Uses<'db'>, id: SessionId): void {
  const tokens = known.get(db)
  for (const [token, held] of tokens ?? []) if (held.actor.sessionId === id) tokens?.delete(token)
}

function tokensOf({ db }: Uses<'db'>): Map<string, Known> {
  const held = known.get(db)
  if (held) return held
  const tokens = new Map<string, Known>()
  known.set(db, tokens)
  return tokens
}

/** The oldest goes first: a map keeps the order of insertion. */
function keep(tokens: Map<string, Known>, token: string, entry: Known): void {
  const oldest = tokens.size < MAX_KNOWN ? undefined : tokens.keys().next().value
  if (oldest !== undefined) tokens.delete(oldest)
  tokens.set(token, entry)
}

function drop(tokens: Map<string, Known>, token: string) {
  tokens.delete(token)
  return tokenExpired()
}
