import { createHmac, hkdfSync } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, importJWK, type JWK } from 'jose'
import { keptOfTokenKey } from './token-secret.ts'

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

/**
 * The keys in the secret `token-key`: a private JWK, or a JWK set whose first key signs while the others still verify,
 * which is how a key is rotated without signing anybody out. Looked up again once a minute.
 */
export const tokenKeys = keptOfTokenKey<TokenKeys>(async (all) => {
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
})

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
