import { createHash, hkdfSync } from 'node:crypto'
import type { Uses } from '../ports/ports.ts'
import type { Secrets } from '../ports/secrets.ts'

export interface PlaybackKeys {
  /** Id of the key that signs. */
  readonly kid: string
  /** Every key that verifies, by its id. */
  readonly byKid: ReadonlyMap<string, Uint8Array>
}

const KEPT_MS = 60_000
/** By port and not by module: two columns in one process share no keys. */
const kept = new WeakMap<Secrets, { readonly until: number; readonly keys: Promise<PlaybackKeys> }>()

/**
 * Keys of playback tokens, derived (HKDF, RFC 5869) from those in the secret `token-key`: the first signs, all verify, so that
 * one rotation serves both kinds of token. Looked up again once a minute.
 */
export function playbackKeys({ secrets, clock }: Uses<'secrets' | 'clock'>): Promise<PlaybackKeys> {
  const now = clock.now().getTime()
  const held = kept.get(secrets)
  if (held && now < held.until) return held.keys
  const keys = readKeys(secrets)
  kept.set(secrets, { until: now + KEPT_MS, keys })
  // A failed look-up is not kept: the next request tries again.
  keys.catch(() => kept.delete(secrets))
  return keys
}

async function readKeys(secrets: Secrets): Promise<PlaybackKeys> {
  const derived = privateParts(await secrets.get('token-key')).map(derive)
  const first = derived[0]
  if (!first) throw new Error('the secret token-key holds no private key')
  return { kid: first.kid, byKid: new Map(derived.map(({ kid, key }) => [kid, key])) }
}

function derive(d: string) {
  const key = new Uint8Array(
    hkdfSync('sha256', Buffer.from(d, 'base64url'), '', 'skyreel playback token', 32),
  )
  // Of the derived key: says nothing about it, and is the same wherever the same secret is.
  return { kid: createHash('sha256').update(key).digest('base64url').slice(0, 12), key }
}

function privateParts(text: string): string[] {
  const keys = parse(text)
  return keys.flatMap((jwk) => (typeof jwk?.d === 'string' ? [jwk.d] : []))
}

type PrivateJwk = { readonly d?: unknown } | null

function parse(text: string): readonly PrivateJwk[] {
  try {
    const parsed = JSON.parse(text) as PrivateJwk | { readonly keys: readonly PrivateJwk[] }
    return parsed !== null && 'keys' in parsed ? parsed.keys : [parsed]
  } catch {
    // Without its cause: V8 quotes the text that it could not parse, and this text is a private key.
    throw new Error('the secret token-key is not a JSON web key')
  }
}
