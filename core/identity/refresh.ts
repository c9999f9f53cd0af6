import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { daysAfter, REFRESH_GRACE_SECONDS } from './model.ts'
import { refreshInvalid, refreshRepeated, refreshReused, sessionEnded } from './problems.ts'
import { hashToken, tokensFor } from './session.ts'
import {
  findRefreshToken,
  findSessionUser,
  insertRefreshToken,
  type RefreshRow,
  revokeSession,
  useRefreshToken,
} from './store.ts'
import { nextRefreshToken, tokenKeys } from './token-keys.ts'
import type { Tokens } from './wire.ts'

type Needs = Uses<'db' | 'secrets' | 'clock' | 'config' | 'ids'>

/**
 * Exchanges a refresh token for the next one. The next one is derived from it with the server's key, so a repetition
 * within REFRESH_GRACE_SECONDS gets the very same answer and makes no second line of tokens. Later a repetition is
 * theft: the session ends. Throws 401 `refresh-invalid`, `refresh-reused` or `session-ended`; 409 `refresh-repeated`
 * where the successor has itself been exchanged within the grace.
 */
export async function refresh(ports: Needs, ctx: Context, token: string): Promise<Tokens> {
  const next = nextRefreshToken(await tokenKeys(ports), token)
  const rotated = await ports.db.transaction((tx) => rotate(tx, ports, { token, next }))
  return rotated ?? repeated(ports, ctx, { token, next })
}

interface Exchange {
  readonly token: string
  readonly next: string
}

/** `undefined` when the token cannot be used (again). A token of an ended session stays as it was. */
async function rotate(tx: Transaction, ports: Needs, { token, next }: Exchange): Promise<Tokens | undefined> {
  const now = ports.clock.now()
  const used = await useRefreshToken(tx, hashToken(token), now)
  if (!used) return undefined
  const user = await findSessionUser(tx, used.sessionId, now)
  if (!user || isIdle(ports, used, now)) throw sessionEnded()
  await insertRefreshToken(tx, { hash: hashToken(next), sessionId: used.sessionId, createdAt: now })
  return tokensFor(ports, user, { sessionId: used.sessionId, refreshToken: next })
}

const isIdle = ({ config }: Needs, row: RefreshRow, now: Date) =>
  daysAfter(row.createdAt, config.refreshTokenDays) <= now

async function repeated(ports: Needs, ctx: Context, { token, next }: Exchange): Promise<Tokens> {
  const now = ports.clock.now()
  const row = await findRefreshToken(ports.db, hashToken(token))
  if (!row?.usedAt) throw refreshInvalid()
  const user = await findSessionUser(ports.db, row.sessionId, now)
  if (!user) throw sessionEnded()
  if (now.getTime() - row.usedAt.getTime() > REFRESH_GRACE_SECONDS * 1000) return endStolen(ports, ctx, row)
  const successor = await findRefreshToken(ports.db, hashToken(next))
  if (!successor || successor.usedAt) throw refreshRepeated()
  return tokensFor(ports, user, { sessionId: row.sessionId, refreshToken: next })
}

async function endStolen(ports: Needs, ctx: Context, row: RefreshRow): Promise<never> {
  await revokeSession(ports.db, row.sessionId, ports.clock.now())
  ctx.log.warn('a used refresh token came again: session ended', { sessionId: row.sessionId })
  throw refreshReused()
}
