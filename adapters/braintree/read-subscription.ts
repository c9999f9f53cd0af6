import { currencyOf } from '../../core/billing/money.ts'
import type {
  CustomerObject,
  PriceObject,
  ProductObject,
  SubscriptionObject,
  SubscriptionStatus,
} from '../../core/billing/provider-objects.ts'
import { moneyOf } from '../provider-api/decimal-minor.ts'
import { givenBy } from '../provider-api/known-plans.ts'
import { type BraintreeSettings, isLive } from './settings.ts'
import { childOf, type Element, needed, textIn } from './xml.ts'

const DAY_MS = 86_400_000

/** Days have no time zone at Braintree: they begin here at midnight UTC. */
function dayIn(element: Element, name: string): Date | null {
  const day = textIn(element, name)
  return day === null ? null : new Date(day)
}

function statusOf(subscription: Element): SubscriptionStatus {
  const status = needed(subscription, 'status')
  if (status === 'Active')
    return textIn(subscription, 'trial-period') === 'true' && !hasBegun(subscription) ? 'trialing' : 'active'
  if (status === 'Past Due') return 'past_due'
  if (status === 'Pending') return 'incomplete'
  if (status === 'Canceled' || status === 'Expired') return 'canceled'
  throw new TypeError('Braintree has a status of subscriptions that is not known here')
}

/** `trial-period` says that it had a trial, and goes on to say so: the first billing cycle ends it. */
const hasBegun = (subscription: Element): boolean =>
  Number(textIn(subscription, 'current-billing-cycle') ?? 0) > 0

/** A subscription; customer and currency are told by what it is paid with, and its plan. */
export function readSubscription(
  subscription: Element,
  { customerId, plan, livemode }: { customerId: string; plan: Element; livemode: boolean },
): SubscriptionObject {
  const [id, planId, status] = [
    needed(subscription, 'id'),
    needed(subscription, 'plan-id'),
    statusOf(subscription),
  ]
  const startedAt = new Date(needed(subscription, 'created-at'))
  const changedAt = new Date(textIn(subscription, 'updated-at') ?? startedAt)
  const last = dayIn(subscription, 'billing-period-end-date')
  const next = dayIn(subscription, 'next-billing-date')
  const ended = status === 'canceled' ? changedAt : null
  return {
    ...{ kind: 'subscription', id, livemode, customerId, status, startedAt, endedAt: ended },
    ...{ currency: currencyOf(needed(plan, 'currency-iso-code')), latestInvoiceId: null, pending: null },
    items: [
      {
        ...{ id, priceId: planId, productId: planId, quantity: null },
        periodStart: dayIn(subscription, 'billing-period-start-date') ?? startedAt,
        // The last day is in it.
        periodEnd: last ? new Date(last.getTime() + DAY_MS) : (next ?? startedAt),
      },
    ],
    ...{ cancelAtPeriodEnd: false, cancelAt: null },
    canceledAt: needed(subscription, 'status') === 'Canceled' ? changedAt : null,
    trialEnd: status === 'trialing' ? (dayIn(subscription, 'first-billing-date') ?? next) : null,
  }
}

/** A plan is both what is sold and its price, under one id. */
export function readProduct(plan: Element, settings: BraintreeSettings): ProductObject {
  const id = needed(plan, 'id')
  const facts = { id, livemode: isLive(settings), active: true, name: textIn(plan, 'name') ?? id }
  return {
    kind: 'product',
    ...facts,
    description: textIn(plan, 'description'),
    ...givenBy(settings.plans, id),
  }
}

export function readPrice(plan: Element, livemode: boolean): PriceObject {
  const id = needed(plan, 'id')
  const { amountMinor, currency } = moneyOf(needed(plan, 'price'), needed(plan, 'currency-iso-code'))
  return {
    ...{ kind: 'price', id, livemode, productId: id, active: true, lookupKey: null, currency },
    ...{ unitAmountMinor: amountMinor, unitAmountDecimal: String(amountMinor), interval: 'month' },
    intervalCount: Number(needed(plan, 'billing-frequency')),
    ...{ meter: null, trialDays: null, otherCurrencies: {} },
  }
}

/** A customer; our reference is in the custom field `skyreel_customer`. */
export function readCustomer(customer: Element, livemode: boolean): CustomerObject {
  const names = [textIn(customer, 'first-name'), textIn(customer, 'last-name')]
  return {
    ...{ kind: 'customer', id: needed(customer, 'id'), livemode, email: textIn(customer, 'email') },
    name: names.filter((name) => name !== null).join(' ') || null,
    reference: textIn(childOf(customer, 'custom-fields'), 'skyreel-customer'),
    ...{ defaultPaymentMethodId: null, country: null },
  }
}
