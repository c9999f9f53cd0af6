import { createHash, hkdfSync } from 'node:crypto'
import { keptOfTokenKey } from '../identity/token-secret.ts'

export interface PlaybackKeys {
  /** Id of the key that signs. */
  readonly kid: string
  /** Every key that verifies, by its id. */
  readonly byKid: ReadonlyMap<string, Uint8Array>
}

/**
 * Keys of playback tokens, derived (HKDF, RFC 5869) from those in the secret `token-key`: the first signs, all verify, so that
 * one rotation serves both kinds of token. Looked up again once a minute.
 */
export const playbackKeys = keptOfTokenKey<PlaybackKeys>(async (all) => {
  const derived = all.flatMap((jwk) => (typeof jwk?.d === 'string' ? [derive(jwk.d)] : []))
  const first = derived[0]
  if (!first) throw new Error('the secret token-key holds no private key')
  return { kid: first.kid, byKid: new Map(derived.map(({ kid, key }) => [kid, key])) }
})

function derive(d: string) {
  const key = new Uint8Array(
    hkdfSync('sha256', Buffer.from(d, 'base64url'), '', 'skyreel playback token', 32),
  )
  // Of the derived key: says nothing about it, and is the same wherever the same secret is.
  return { kid: createHash('sha256').update(key).digest('base64url').slice(0, 12), key }
}
