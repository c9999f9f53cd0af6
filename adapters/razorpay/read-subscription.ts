import { currencyOf } from '../../core/billing/money.ts'
import type {
  CustomerObject,
  Interval,
  PriceObject,
  ProductObject,
  SubscriptionObject,
  SubscriptionStatus,
} from '../../core/billing/provider-objects.ts'
import { givenBy } from '../provider-api/known-plans.ts'
import { instantOf, maybeInstant } from './read-money.ts'
import { isLive, type RazorpaySettings } from './settings.ts'
import type { Customer, Plan, Subscription } from './wire.ts'

/** https://razorpay.com/docs/payments/subscriptions/states/ */
const STATUS: { readonly [S in Subscription['status']]: SubscriptionStatus } = {
  created: 'incomplete',
  authenticated: 'trialing',
  active: 'active',
  pending: 'past_due',
  halted: 'unpaid',
  cancelled: 'canceled',
  completed: 'canceled',
  expired: 'incomplete_expired',
  paused: 'paused',
}

/**
 * A subscription; the currency is its plan's. One that is authenticated has its card and waits for its first charge: that
 * is how Razorpay has trials. That one is cancelled at the period's end Razorpay does not tell before it is.
 */
export function readSubscription(
  subscription: Subscription,
  plan: Plan,
  livemode: boolean,
): SubscriptionObject {
  const { id, status, plan_id, customer_id, start_at, created_at } = subscription
  const startedAt = instantOf(start_at ?? created_at)
  const endedAt = maybeInstant(subscription.ended_at)
  return {
    // Until the customer has given a card, nobody has it: such a one is no customer's.
    ...{ kind: 'subscription', id, livemode, customerId: customer_id ?? '', status: STATUS[status] },
    ...{ currency: currencyOf(plan.item.currency), startedAt, endedAt, latestInvoiceId: null, pending: null },
    items: [
      {
        ...{ id, priceId: plan_id, productId: plan_id, quantity: subscription.quantity ?? null },
        periodStart: instantOf(subscription.current_start ?? created_at),
        periodEnd: instantOf(subscription.current_end ?? start_at ?? created_at),
      },
    ],
    ...{ cancelAtPeriodEnd: false, cancelAt: null },
    canceledAt: status === 'cancelled' ? endedAt : null,
    trialEnd: status === 'authenticated' ? maybeInstant(start_at) : null,
  }
}

/** A plan is both what is sold and its price, under one id. */
export function readProduct({ id, item }: Plan, settings: RazorpaySettings): ProductObject {
  const { name, description, active } = item
  const facts = { id, livemode: isLive(settings), active, name, description: description ?? null }
  return { kind: 'product', ...facts, ...givenBy(settings.plans, id) }
}

const PERIODS: Readonly<Record<string, readonly [Interval, number]>> = {
  daily: ['day', 1],
  weekly: ['week', 1],
  monthly: ['month', 1],
  quarterly: ['month', 3],
  yearly: ['year', 1],
}

export function readPrice({ id, item, period, interval }: Plan, livemode: boolean): PriceObject {
  const [unit, count] = PERIODS[period] ?? [null, 1]
  return {
    ...{ kind: 'price', id, livemode, productId: id, active: item.active, lookupKey: null },
    ...{ currency: currencyOf(item.currency), unitAmountMinor: item.amount },
    ...{ unitAmountDecimal: String(item.amount), interval: unit, intervalCount: interval * count },
    ...{ meter: null, trialDays: null, otherCurrencies: {} },
  }
}

/** A customer; our reference is in the note `skyreel_customer`. */
export function readCustomer({ id, name, email, notes }: Customer, livemode: boolean): CustomerObject {
  const noted = notes && !Array.isArray(notes) ? notes.skyreel_customer : null
  return {
    ...{ kind: 'customer', id, livemode, email: email ?? null, name: name ?? null },
    reference: typeof noted === 'string' ? noted : null,
    ...{ defaultPaymentMethodId: null, country: null },
  }
}
