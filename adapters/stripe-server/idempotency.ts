import { createHash } from 'node:crypto'
import { type Store, StripeFailure, type StripeObject } from './store.ts'

const KEPT_SECONDS = 24 * 3600

export interface Answer {
  readonly status: number
  readonly body: string
  readonly requestId: string
}
interface Kept extends StripeObject {
  readonly fingerprint: string
  readonly created: number
  readonly answer: Answer
}

/** What a key stands for: the same key with another method, path or parameters is refused. */
export function fingerprintOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex')
}

/** The answer that was given to this key before. https://docs.stripe.com/api/idempotent_requests */
export function rememberedAnswer(store: Store, key: string, fingerprint: string): Answer | undefined {
  const kept = store.get(idOf(key)) as Kept | undefined
  if (!kept || kept.created + KEPT_SECONDS <= store.now()) return undefined
  if (kept.fingerprint === fingerprint) return kept.answer
  throw new StripeFailure(
    400,
    { type: 'idempotency_error' },
    `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  )
}

/** Keeps an answer for 24 hours of the server's time. */
export function rememberAnswer(store: Store, key: string, fingerprint: string, answer: Answer): void {
  const kept: Kept = {
    id: idOf(key),
    object: 'skyreel.idempotency',
    created: store.now(),
    fingerprint,
    answer,
  }
  store.put(kept)
}

/** Two requests with one key at the same time. */
export function keyInUse(key: string): StripeFailure {
  return new StripeFailure(
    409,
    { type: 'idempotency_error', code: 'idempotency_key_in_use' },
    `There is currently another in-progress request using this Idempotent Key '${key}'.`,
  )
}

function idOf(key: string): string {
  return `skyreel_idempotency:${key}`
}
