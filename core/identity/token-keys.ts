import { createHmac, hkdfSync } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, importJWK, type JWK } from 'jose'
import type { Uses } from '../ports/ports.ts'
import type { Secrets } from '../ports/secrets.ts'

/** The signing key and every public key that still verifies. */
export interface TokenKeys {
  readonly kid: string
  readonly signingKey: Awaited<ReturnType<typeof importJWK>>
  /** Public halves alone, fit to be published. */
  readonly published: readonly JWK[]
  readonly find: ReturnType<typeof createLocalJWKSet>
  /** Keys the derivation of refresh tokens; says nothing about the signing key (HKDF). */
  readonly refreshKey: Uint8Array
}

const KEPT_MS = 60_000
/** By port and not by module: two columns in one process share no keys. */
const kept = new WeakMap<Secrets, { readonly until: number; readonly keys: Promise<TokenKeys> }>()

/**
 * The keys in the secret `token-key`: a private JWK, or a JWK set whose first key signs while the others still verify,
 * which is how a key is rotated without signing anybody out. Looked up again once a minute.
 */
export function tokenKeys({ secrets, clock }: Uses<'secrets' | 'clock'>): Promise<TokenKeys> {
  const now = clock.now().getTime()
  const held = kept.get(secrets)
  if (held && now < held.until) return held.keys
  const keys = readKeys(secrets)
  kept.set(secrets, { until: now + KEPT_MS, keys })
  // A failed look-up is not kept: the next request tries again. The caller still sees this failure.
  keys.catch(() => kept.delete(secrets))
  return keys
}

async function readKeys(secrets: Secrets): Promise<TokenKeys> {
  const all = parseKeys(await secrets.get('token-key'))
  const first = all[0]
  if (!first?.d) throw new Error('the secret token-key holds no private key')
  const published = await Promise.all(all.map(publicHalf))
  return {
    kid: published[0]?.kid ?? '',
    signingKey: await importJWK(first, ALGORITHM),
    published,
    find: createLocalJWKSet({ keys: [...published] }),
    refreshKey: new Uint8Array(
      hkdfSync('sha256', Buffer.from(first.d, 'base64url'), '', 'skyreel refresh token', 32),
    ),
  }
}

function parseKeys(text: string): JWK[] {
  try {
    const parsed = JSON.parse(text) as JWK | { keys: JWK[] }
    return 'keys' in parsed ? (parsed as { keys: JWK[] }).keys : [parsed]
  } catch {
    // Without its cause: V8 quotes the text that it could not parse, and this text is a private key.
    throw new Error('the secret token-key is not a JSON web key')
  }
}

export const ALGORITHM = 'EdDSA'

/** Built from the public members by name: a member that we do not know must not be published by accident. */
async function publicHalf(jwk: JWK): Promise<JWK> {
  const { kty, crv, x } = jwk
  if (kty !== 'OKP' || crv !== 'Ed25519' || x === undefined)
    throw new Error('the secret token-key must hold Ed25519 keys')
  return { kty, crv, x, kid: await calculateJwkThumbprint({ kty, crv, x }), alg: ALGORITHM, use: 'sig' }
}

/** The refresh token that follows `token`: the same each time, and not to be guessed without the server's key. */
export function nextRefreshToken(keys: TokenKeys, token: string): string {
  return createHmac('sha256', keys.refreshKey).update(token).digest('base64url')
}
