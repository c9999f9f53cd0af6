import type { Applying } from '../billing/applying.ts'
import type { Gone, ObjectRef, Provider, ProviderObject } from '../billing/provider-objects.ts'
import type { WebhookId } from '../run/id.ts'
import type { WebhookSource } from './schema.ts'

/** A webhook as the inbox keeps it: why an object was fetched, never what it is. */
export interface StoredEvent {
  readonly id: WebhookId
  readonly eventId: string
  readonly type: string
  readonly source: WebhookSource
  readonly occurredAt: Date
}

/** Writes a fetched object with all that follows from it: `applyObject` of core/billing/apply.ts. */
export type ApplyObject = (
  at: Applying,
  object: ProviderObject | Gone,
  events: readonly StoredEvent[],
) => Promise<void>

/** An object of a provider, as the inbox locks it. */
export interface InboxRef extends ObjectRef {
  readonly provider: Provider
}

/** After so many failures an operator must look at it. */
export const MOST_ATTEMPTS = 8
/** Longer than any function that processes may run: only a worker that is gone loses its lease. */
export const LEASE_MS = 180_000

const FIRST_PAUSE_MS = 10_000
const LONGEST_PAUSE_MS = 6 * 3_600_000

/**
 * How long to wait after the nth failure: 10 s, 40 s, 160 s and so on up to 6 hours. Together some nine hours: longer than
 * most outages of a provider, shorter than the three days for which Stripe itself sends again.
 */
export const pauseMs = (attempts: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 4 ** Math.max(0, attempts - 1))
