import { decodeJwt, errors, jwtVerify, SignJWT } from 'jose'
import type { HttpRequest } from '../http/request.ts'
import type { Uses } from '../ports/ports.ts'
import { isId, type PlaybackSessionId, type VideoId } from '../run/id.ts'
import type { Door } from './model.ts'
import { PlaybackRefused } from './refusals.ts'
import { playbackKeys } from './token-keys.ts'

export const PLAYBACK_HEADER = 'x-skyreel-playback'
const AUDIENCE = 'skyreel-playback'
/** Tells it from every other JWT of ours (RFC 8725 3.11). */
const TYPE = 'pb+jwt'
const ALGORITHM = 'HS256'
const MAX_LENGTH = 1000
/** Clocks of two machines may differ by so much. */
const SKEW_SECONDS = 10

type Needs = Uses<'secrets' | 'clock' | 'config'>

/** What a token says: the session, its film, and which token of the session it is. */
export interface PlaybackToken {
  readonly sessionId: PlaybackSessionId
  readonly videoId: VideoId
  readonly number: number
  /** Of a URL that a player keeps: for the stream, its playlists and AES-128 keys alone, and for as long as the media URLs. */
  readonly inUrl?: true
  /** Address that alone may use it. */
  readonly clientIp?: string
  readonly expiresAt: Date
}

/** The token of a request: in the header `x-skyreel-playback`, or as `token` of the query where a player sets no headers. */
export function playbackTokenOf({
  headers,
  query,
}: Pick<HttpRequest, 'headers' | 'query'>): string | undefined {
  return headers[PLAYBACK_HEADER] ?? query.get('token') ?? undefined
}

type Signed = Pick<PlaybackToken, 'sessionId' | 'videoId' | 'clientIp'>

/** A JWT (HS256) for this session, good for `config.playbackTokenSeconds`. */
export async function signPlaybackToken(
  uses: Needs,
  session: Signed & Pick<PlaybackToken, 'number'>,
): Promise<{ readonly token: string; readonly tokenExpiresAt: Date }> {
  return sign(uses, session, { claims: { n: session.number }, seconds: uses.config.playbackTokenSeconds })
}

/**
 * The same for the URL of a rewritten playlist: Safari's own player asks by it again and again, for hours, and cannot be handed
 * the next token. It has no number to be used up; whether its session runs is looked up each time.
 */
export async function signUrlToken(uses: Needs, session: Signed): Promise<string> {
  const seconds = uses.config.playbackUrlSeconds
  return (await sign(uses, session, { claims: { n: 0, use: 'url' }, seconds })).token
}

async function sign(
  uses: Needs,
  { sessionId, videoId, clientIp }: Signed,
  { claims, seconds }: { claims: Readonly<Record<string, unknown>>; seconds: number },
) {
  const { kid, byKid } = await playbackKeys(uses)
  const now = Math.floor(uses.clock.now().getTime() / 1000)
  const until = now + seconds
  const address = clientIp === undefined ? {} : { cip: clientIp }
  const token = await new SignJWT({ vid: videoId, ...claims, ...address })
    .setProtectedHeader({ alg: ALGORITHM, kid, typ: TYPE })
    .setIssuer(uses.config.publicOrigin)
    .setAudience(AUDIENCE)
    .setSubject(sessionId)
    .setIssuedAt(now)
    .setExpirationTime(until)
    .sign(byKid.get(kid) ?? new Uint8Array())
  return { token, tokenExpiresAt: new Date(until * 1000) }
}

const BY_URL: readonly (Door | undefined)[] = ['stream', 'playlist', 'key']

/**
 * What a token says. Refuses `playback-token-expired`, and `playback-token-invalid` for whatever we did not sign as it is, and for
 * one of a URL at any other door than `stream`, `playlist` and `key`.
 */
export async function readPlaybackToken(
  uses: Needs,
  token: string | undefined,
  door?: Door,
): Promise<PlaybackToken> {
  if (token === undefined || token.length > MAX_LENGTH) throw new PlaybackRefused('playback-token-invalid')
  const { sub = '', vid, n, use, cip, exp } = await verify(uses, token)
  const isOurs = isId('pbs', sub) && typeof vid === 'string' && isId('vid', vid) && Number.isSafeInteger(n)
  const isForDoor = use === undefined || (use === 'url' && BY_URL.includes(door))
  if (!isOurs || !isForDoor) throw new PlaybackRefused('playback-token-invalid')
  return {
    ...{ sessionId: sub, videoId: vid, number: Number(n), expiresAt: new Date((exp ?? 0) * 1000) },
    ...(use === 'url' && { inUrl: true }),
    ...(typeof cip === 'string' && { clientIp: cip }),
  }
}

/** Whether a token says that it is of this session. What it says is not verified. */
export function namesSession(token: string, sessionId: string | undefined): boolean {
  try {
    return decodeJwt(token).sub === sessionId
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

async function verify(uses: Needs, token: string) {
  const { byKid } = await playbackKeys(uses)
  const find = ({ kid = '' }: { kid?: string }) => {
    const key = byKid.get(kid)
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }
  try {
    const { payload } = await jwtVerify(token, find, {
      algorithms: [ALGORITHM],
      issuer: uses.config.publicOrigin,
      audience: AUDIENCE,
      typ: TYPE,
      requiredClaims: ['sub', 'vid', 'n', 'exp'],
      clockTolerance: SKEW_SECONDS,
      currentDate: uses.clock.now(),
    })
    return payload
  } catch (cause) {
    if (cause instanceof errors.JWTExpired) throw new PlaybackRefused('playback-token-expired', {}, { cause })
    if (cause instanceof errors.JOSEError) throw new PlaybackRefused('playback-token-invalid', {}, { cause })
    throw cause
  }
}
