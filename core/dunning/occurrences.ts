import type { DisputeObject, InvoiceObject, SubscriptionObject } from '../billing/provider-objects.ts'
import type { Occurrence } from './model.ts'

/** The part of an invoice that collecting it depends on, of the object as of its mirror. */
export type InvoiceFacts = Pick<
  InvoiceObject,
  'status' | 'attemptCount' | 'lastFailure' | 'nextAttemptAt' | 'amountRemainingMinor'
>
export type SubscriptionFacts = Pick<SubscriptionObject, 'status' | 'cancelAtPeriodEnd' | 'cancelAt'>

/** Tried and refused, not merely on its way, as a direct debit is for days. */
export const hasFailed = (invoice: InvoiceFacts): boolean =>
  invoice.status === 'open' &&
  invoice.attemptCount > 0 &&
  invoice.lastFailure !== null &&
  invoice.amountRemainingMinor > 0

/** What an invoice says to a case. */
export function saysInvoice(invoice: InvoiceFacts): readonly Occurrence[] {
  return BY_INVOICE[invoice.status](invoice)
}
const BY_INVOICE: {
  readonly [S in InvoiceObject['status']]: (invoice: InvoiceFacts) => readonly Occurrence[]
} = {
  draft: () => [],
  open: (invoice) =>
    hasFailed(invoice) ? [invoice.nextAttemptAt === null ? 'given-up' : 'retry-planned'] : [],
  paid: () => ['paid'],
  void: () => ['voided'],
  uncollectible: () => ['uncollectible'],
}

/** What a subscription says to its cases. */
export function saysSubscription(subscription: SubscriptionFacts): readonly Occurrence[] {
  if (hasEnded(subscription)) return ['canceled']
  return [isCanceling(subscription) ? 'canceling' : 'resumed']
}

export const hasEnded = ({ status }: Pick<SubscriptionFacts, 'status'>): boolean =>
  status === 'canceled' || status === 'incomplete_expired'
export const isCanceling = ({ cancelAtPeriodEnd, cancelAt }: SubscriptionFacts): boolean =>
  cancelAtPeriodEnd || cancelAt !== null
/** Whether it has begun and not ended: while it is incomplete the customer sits before the checkout and is told there. */
export const isCollectable = ({ status }: Pick<SubscriptionFacts, 'status'>): boolean =>
  status !== 'incomplete' && !hasEnded({ status })

/** Statuses of a dispute that is not settled: whoever disputes is not asked for money. */
export const DISPUTED: readonly DisputeObject['status'][] = [
  'warning_needs_response',
  'warning_under_review',
  'needs_response',
  'under_review',
]
