import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type {
  SubscriptionItem,
  SubscriptionObject,
  SubscriptionStatus,
} from '../../core/billing/provider-objects.ts'
import { expanded, idIn, idOf, instantOf, maybeInstant } from './read-fields.ts'

/** Before basil the period was the subscription's: recorded objects of that time are still read. */
interface Period {
  readonly current_period_start?: number | undefined
  readonly current_period_end?: number | undefined
}

/**
 * A subscription with its `schedule` expanded.
 * https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end
 */
export function readSubscription(subscription: Stripe.Subscription): SubscriptionObject {
  const items = subscription.items.data.map((item) => readItem(item, subscription))
  return {
    kind: 'subscription',
    id: subscription.id,
    livemode: subscription.livemode,
    customerId: idIn(subscription.customer, 'customer'),
    status: subscription.status as SubscriptionStatus,
    currency: currencyOf(subscription.currency),
    items,
    cancelAtPeriodEnd: subscription.cancel_at_period_end,
    cancelAt: maybeInstant(subscription.cancel_at),
    canceledAt: maybeInstant(subscription.canceled_at),
    endedAt: maybeInstant(subscription.ended_at),
    trialEnd: maybeInstant(subscription.trial_end),
    startedAt: instantOf(subscription.start_date ?? subscription.created),
    latestInvoiceId: idOf(subscription.latest_invoice),
    pending: pendingChange(subscription, items[0]?.priceId),
  }
}

function readItem(item: Stripe.SubscriptionItem, subscription: Stripe.Subscription): SubscriptionItem {
  const own: Period = item
  const before = subscription as Period
  return {
    id: item.id,
    priceId: item.price.id,
    productId: idIn(item.price.product, 'product'),
    quantity: item.quantity ?? null,
    periodStart: instantOf(own.current_period_start ?? before.current_period_start ?? subscription.created),
    periodEnd: instantOf(own.current_period_end ?? before.current_period_end ?? subscription.created),
  }
}

/** The first phase of a running schedule that is still to come and has another price. */
function pendingChange(
  { schedule: ref }: Stripe.Subscription,
  now: string | undefined,
): SubscriptionObject['pending'] {
  const schedule = expanded(ref)
  if (!schedule || (schedule.status !== 'active' && schedule.status !== 'not_started')) return null
  const from = schedule.current_phase?.end_date ?? 0
  for (const phase of schedule.phases) {
    const priceId = idOf(phase.items[0]?.price)
    if (phase.start_date >= from && priceId && priceId !== now)
      return { priceId, at: instantOf(phase.start_date) }
  }
  return null
}
