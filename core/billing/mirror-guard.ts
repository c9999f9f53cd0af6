import type { Applying } from './applying.ts'
import type { InvoiceStatus, PaymentStatus, SubscriptionStatus } from './provider-objects.ts'

/** States that an object never leaves at the provider, but for those named with them. */
interface Statuses {
  readonly subscription: SubscriptionStatus
  readonly invoice: InvoiceStatus
  readonly payment: PaymentStatus
}
const FINAL: {
  readonly [K in keyof Statuses]: Readonly<Partial<Record<Statuses[K], readonly Statuses[K][]>>>
} = {
  subscription: { canceled: ['canceled'], incomplete_expired: ['incomplete_expired', 'canceled'] },
  invoice: { paid: ['paid', 'void', 'uncollectible'], void: ['void'] },
  payment: { succeeded: ['succeeded'], canceled: ['canceled'] },
}

/**
 * Whether this object is older than what is written. Only a belt: one worker at a time fetches and writes an object, so a
 * fetch can be no older than the one before. It would hold where a provider's read replica lags behind, or a lease failed.
 */
export function isStale<K extends keyof Statuses>(
  { log, provider }: Pick<Applying, 'log' | 'provider'>,
  kind: K,
  before: { readonly id: string; readonly status: Statuses[K] },
  { status }: { readonly status: Statuses[K] },
): boolean {
  const next = FINAL[kind][before.status]
  if (next === undefined || next.includes(status)) return false
  log.warn('an older state of an object was not written', { provider, kind, id: before.id, status })
  return true
}
