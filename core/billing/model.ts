import type { SubscriptionStatus } from './provider-objects.ts'

/** Whether a subscription in this status is still one: it can be changed and canceled, and no second one is sold beside it. */
export const isRunning: { readonly [S in SubscriptionStatus]: boolean } = {
  trialing: true,
  active: true,
  past_due: true,
  unpaid: true,
  paused: true,
  // Waits for its first payment for a day at most, then it is `incomplete_expired`; another checkout may replace it.
  incomplete: false,
  incomplete_expired: false,
  canceled: false,
}
export const RUNNING_STATUSES = (Object.keys(isRunning) as SubscriptionStatus[]).filter((s) => isRunning[s])

/** Kind of the operations that start a checkout. */
export const SUBSCRIBE = 'subscribe'
/** What is kept of a checkout that was started. */
export interface KeptCheckout {
  readonly checkoutId: string
  readonly url: string
  readonly expiresAt: string
}

/** Where a checkout comes back to when its client names no path. */
export const RETURN_PATH = { viewer: '/plans/', organisation: '/studio/billing/' } as const

/** Providers forget an idempotency key after a day: an hour less, for clocks that differ. */
export const KEY_REMEMBERED_MS = 23 * 3_600_000
/** A call that has not come back by then has lost its caller. */
export const CALL_LOST_MS = 60_000
