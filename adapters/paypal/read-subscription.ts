import { type Currency, currencyOf } from '../../core/billing/money.ts'
import type {
  Interval,
  PriceObject,
  ProductObject,
  SubscriptionObject,
  SubscriptionStatus,
} from '../../core/billing/provider-objects.ts'
import { givenBy } from '../provider-api/known-plans.ts'
import { amountOf } from './read-payment.ts'
import type { PaypalSettings } from './settings.ts'
import type { Plan, Subscription } from './wire.ts'

/**
 * A subscription; the currency is its plan's. PayPal has no cancellation at the period's end: one that is cancelled has
 * ended. Whether it is on trial and what it owes, its billing tells and not its status.
 */
export function readSubscription(
  subscription: Subscription,
  plan: Plan,
  livemode: boolean,
): SubscriptionObject {
  const { id, plan_id, start_time, billing_info: billing } = subscription
  const status = subscriptionStatus(subscription)
  const startedAt = new Date(start_time)
  const changedAt = new Date(subscription.status_update_time ?? start_time)
  const next = billing?.next_billing_time ? new Date(billing.next_billing_time) : null
  const endedAt = status === 'canceled' ? changedAt : null
  const quantity = /^\d{1,9}$/.test(subscription.quantity ?? '') ? Number(subscription.quantity) : null
  const periodStart = billing?.last_payment ? new Date(billing.last_payment.time) : startedAt
  return {
    ...{ kind: 'subscription', id, livemode, customerId: subscription.subscriber?.payer_id ?? '', status },
    ...{ currency: currencyIn(plan), startedAt, endedAt, latestInvoiceId: null, pending: null },
    items: [
      { id, priceId: plan_id, productId: plan_id, quantity, periodStart, periodEnd: next ?? changedAt },
    ],
    ...{ cancelAtPeriodEnd: false, cancelAt: null },
    canceledAt: subscription.status === 'CANCELLED' ? changedAt : null,
    trialEnd: status === 'trialing' && trialLeft(subscription) === 0 ? next : null,
  }
}

function subscriptionStatus(subscription: Subscription): SubscriptionStatus {
  const { status, billing_info: billing } = subscription
  const failed = (billing?.failed_payments_count ?? 0) > 0
  if (status === 'CANCELLED' || status === 'EXPIRED') return 'canceled'
  // Suspended by PayPal after failed payments, or by somebody who wanted a pause.
  if (status === 'SUSPENDED') return failed ? 'unpaid' : 'paused'
  if (status !== 'ACTIVE') return 'incomplete'
  const owed = billing?.outstanding_balance ? amountOf(billing.outstanding_balance).amountMinor : 0
  if (failed && owed > 0) return 'past_due'
  return isTrial(subscription) ? 'trialing' : 'active'
}

const cyclesOf = (subscription: Subscription, tenure: 'REGULAR' | 'TRIAL') =>
  (subscription.billing_info?.cycle_executions ?? []).filter((cycle) => cycle.tenure_type === tenure)

/** It has trial cycles, and no other has run yet. */
const isTrial = (subscription: Subscription): boolean =>
  cyclesOf(subscription, 'TRIAL').length > 0 &&
  cyclesOf(subscription, 'REGULAR').every((cycle) => cycle.cycles_completed === 0)

const trialLeft = (subscription: Subscription): number =>
  cyclesOf(subscription, 'TRIAL').reduce((sum, cycle) => sum + (cycle.cycles_remaining ?? 0), 0)

const regularOf = ({ billing_cycles }: Plan) =>
  billing_cycles.find((cycle) => cycle.tenure_type === 'REGULAR')

function currencyIn(plan: Plan): Currency {
  const price = regularOf(plan)?.pricing_scheme?.fixed_price
  if (!price) throw new TypeError('a plan of PayPal has no fixed price: those with tiers are not read')
  return currencyOf(price.currency_code)
}

/** A plan is read both as what is sold and as its price, under one id. */
export function readProduct(plan: Plan, settings: PaypalSettings): ProductObject {
  const { id, name, description, status } = plan
  const facts = { id, livemode: settings.environment === 'live', active: status === 'ACTIVE', name }
  return { kind: 'product', ...facts, description: description ?? null, ...givenBy(settings.plans, id) }
}

const INTERVALS = { DAY: 'day', WEEK: 'week', MONTH: 'month', YEAR: 'year' } as const satisfies Record<
  string,
  Interval
>

export function readPrice(plan: Plan, livemode: boolean): PriceObject {
  const regular = regularOf(plan)
  const price = regular?.pricing_scheme?.fixed_price
  const unitAmountMinor = price ? amountOf(price).amountMinor : null
  return {
    ...{ kind: 'price', id: plan.id, livemode, productId: plan.id, active: plan.status === 'ACTIVE' },
    ...{ lookupKey: null, currency: currencyIn(plan), unitAmountMinor },
    unitAmountDecimal: unitAmountMinor === null ? null : String(unitAmountMinor),
    interval: regular ? INTERVALS[regular.frequency.interval_unit] : null,
    intervalCount: regular?.frequency.interval_count ?? 1,
    ...{ meter: null, trialDays: null, otherCurrencies: {} },
  }
}
