import type { JWK } from 'jose'
import type { Uses } from '../ports/ports.ts'
import type { Secrets } from '../ports/secrets.ts'

const KEPT_MS = 60_000

/**
 * What is made of the secret `token-key`, made again once a minute. Kept by port and not by module: two columns in one process
 * share no keys.
 */
export function keptOfTokenKey<T>(
  make: (keys: readonly JWK[]) => Promise<T>,
): (uses: Uses<'secrets' | 'clock'>) => Promise<T> {
  const kept = new WeakMap<Secrets, { readonly until: number; readonly made: Promise<T> }>()
  return ({ secrets, clock }) => {
    const now = clock.now().getTime()
    const held = kept.get(secrets)
    if (held && now < held.until) return held.made
    const made = secrets.get('token-key').then((text) => make(parseKeys(text)))
    kept.set(secrets, { until: now + KEPT_MS, made })
    // A failed look-up is not kept: the next request tries again. The caller still sees this failure.
    made.catch(() => kept.delete(secrets))
    return made
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
