import { errors, jwtVerify, SignJWT } from 'jose'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId } from '../run/id.ts'
import { tokenExpired, tokenInvalid } from './problems.ts'
import { ALGORITHM, tokenKeys } from './token-keys.ts'

const AUDIENCE = 'skyreel'
/** RFC 9068: tells an access token from any other JWT that the same key may sign one day. */
const TYPE = 'at+jwt'
const MAX_LENGTH = 2000

type Needs = Uses<'secrets' | 'clock' | 'config'>

export interface AccessToken {
  readonly actor: Actor
  readonly expiresAt: Date
}

/** A JWT for this session, good for `config.accessTokenSeconds`. */
export async function signAccessToken(ports: Needs, actor: Actor): Promise<string> {
  const { kid, signingKey } = await tokenKeys(ports)
  const now = Math.floor(ports.clock.now().getTime() / 1000)
  return new SignJWT({ sid: actor.sessionId })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
    .setIssuer(ports.config.publicOrigin)
    .setAudience(AUDIENCE)
    .setSubject(actor.userId)
    .setIssuedAt(now)
    .setExpirationTime(now + ports.config.accessTokenSeconds)
    .sign(signingKey)
}

/**
 * Who a token speaks for. Throws 401 `token-expired` or `token-invalid`. With `evenExpired` age is no defect: to end a
 * session it is enough to have had it.
 */
export async function readAccessToken(
  ports: Needs,
  token: string,
  evenExpired = false,
): Promise<AccessToken> {
  if (token.length > MAX_LENGTH) throw tokenInvalid()
  const { payload } = await verify(ports, token, evenExpired)
  const { sub, sid, exp } = payload
  if (typeof sid !== 'string' || !isId('ses', sid) || !isId('usr', sub ?? '')) throw tokenInvalid()
  return { actor: { userId: sub as Actor['userId'], sessionId: sid }, expiresAt: new Date((exp ?? 0) * 1000) }
}

async function verify(ports: Needs, token: string, evenExpired: boolean) {
  const { find } = await tokenKeys(ports)
  try {
    return await jwtVerify(token, find, {
      algorithms: [ALGORITHM],
      issuer: ports.config.publicOrigin,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['sub', 'sid', 'exp'],
      currentDate: evenExpired ? new Date(0) : ports.clock.now(),
    })
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw tokenExpired(cause)
    if (cause instanceof errors.JOSEError) throw tokenInvalid(cause)
    throw cause
  }
}
