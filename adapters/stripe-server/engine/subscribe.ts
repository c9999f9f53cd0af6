import type { Store } from '../store.ts'
import { collect } from './collect.ts'
import { settleCurrency } from './customer-credit.ts'
import { openDisputeOfCard } from './disputes.ts'
import { hasEnded } from './end.ts'
import { wouldDecline } from './intents.ts'
import { draftInvoice } from './invoice-draft.ts'
import { finalizeInvoice } from './invoice-finalize.ts'
import { itemLine, trialLine } from './lines.ts'
import { link, linked } from './links.ts'
import {
  type Customer,
  embed,
  type Invoice,
  type Item,
  type Metadata,
  type Period,
  type Price,
  type Subscription,
} from './objects.ts'
import { add, find, invalid, need } from './objects-in-store.ts'
import { DAY, periodEnd } from './periods.ts'
import { isLicensed, isMetered, unitAmount } from './prices.ts'

export interface NewSubscription {
  readonly customer: string
  readonly items: readonly { price: string; quantity?: number | undefined; metadata?: Metadata }[]
  /** Of prices that have several; else the first price's own. */
  readonly currency?: string | undefined
  readonly trialDays?: number | undefined
  readonly trialEnd?: number | undefined
  readonly defaultPaymentMethod?: string | null | undefined
  readonly metadata?: Metadata
  readonly automaticTax?: boolean | undefined
  readonly cancelAtPeriodEnd?: boolean | undefined
  readonly behaviour?: 'allow_incomplete' | 'default_incomplete' | 'error_if_incomplete' | undefined
  readonly missingPaymentMethod?: string | undefined
  readonly offSession?: boolean | undefined
  readonly description?: string | null | undefined
}

/**
 * A subscription with its first invoice, which is tried at once: `active` or `trialing`, or `incomplete` until somebody
 * pays it within 23 hours. https://docs.stripe.com/billing/subscriptions/overview
 */
export function startSubscription(store: Store, of: NewSubscription): Subscription {
  const customer = need(store, 'customer', of.customer, 'customer') as Customer
  const prices = of.items.map((item) => recurringPrice(store, item.price))
  const currency = of.currency ?? prices[0]?.currency
  if (currency === undefined)
    throw invalid('Missing required param: items.', { code: 'parameter_missing', param: 'items' })
  refuseMixed(prices, currency)
  settleCurrency(store, customer, currency, isBound(store, customer.id))
  refuseUnpayable(store, customer, of)
  const subscription = add(store, newSubscription(store, of, { prices, currency }))
  link(store, 'subscriptions', customer.id, subscription.id)
  store.emit('customer.subscription.created', subscription)
  payFirst(store, subscription, of)
  return need(store, 'subscription', subscription.id)
}

/** A price that can be subscribed to. */
export function recurringPrice(store: Store, id: string): Price {
  const price = need(store, 'price', id, 'items[0][price]')
  if (price.active === false)
    throw invalid(`The price specified is inactive. This field only accepts active prices.`, {
      param: 'items[0][price]',
    })
  if (!price.recurring)
    throw invalid(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      {
        param: 'items[0][price]',
      },
    )
  return price
}

/** All items of a subscription are billed together here. */
export function refuseMixed(prices: readonly Price[], currency: string): void {
  const [first] = prices
  for (const price of prices) {
    unitAmount(price, currency)
    const { interval, interval_count } = price.recurring ?? {}
    if (interval !== first?.recurring?.interval || interval_count !== first?.recurring?.interval_count)
      throw invalid('Prices of one subscription must have the same interval on this server.', {
        param: 'items',
      })
  }
}

function isBound(store: Store, customer: string): boolean {
  const alive = linked(store, 'subscriptions', customer)
    .map((id) => find(store, 'subscription', id))
    .some((subscription) => subscription && !hasEnded(subscription))
  return alive || linked(store, 'pending-items', customer).length > 0
}

const hasTrial = (of: NewSubscription) => (of.trialDays ?? 0) > 0 || of.trialEnd !== undefined

function refuseUnpayable(store: Store, customer: Customer, of: NewSubscription): void {
  if (of.defaultPaymentMethod)
    need(store, 'payment_method', of.defaultPaymentMethod, 'default_payment_method')
  const method = of.defaultPaymentMethod ?? customer.invoice_settings?.default_payment_method
  if (hasTrial(of) || of.behaviour === 'default_incomplete') return
  const costs = of.items.some(({ price }) => {
    const found = need(store, 'price', price, 'items[0][price]')
    return !isMetered(found) && found.unit_amount !== 0
  })
  if (!method && costs)
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
      { code: 'resource_missing' },
    )
  const declined = method && of.behaviour === 'error_if_incomplete' ? wouldDecline(store, method) : undefined
  if (declined) throw declined
}

function newSubscription(
  store: Store,
  of: NewSubscription,
  { prices, currency }: { prices: readonly Price[]; currency: string },
): Subscription {
  const now = store.now(of.customer)
  const id = store.newId('sub')
  const trialEnd = of.trialEnd ?? (of.trialDays ? now + of.trialDays * DAY : null)
  const every = prices[0]?.recurring
  const period = { start: now, end: trialEnd ?? (every ? periodEnd(now, every, 1) : now) }
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: of.automaticTax ?? false, liability: null },
    billing_cycle_anchor: trialEnd ?? now,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: of.cancelAtPeriodEnd ? period.end : null,
    cancel_at_period_end: of.cancelAtPeriodEnd ?? false,
    canceled_at: of.cancelAtPeriodEnd ? now : null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: 'charge_automatically',
    created: now,
    currency,
    customer: of.customer,
    days_until_due: null,
    default_payment_method: of.defaultPaymentMethod ?? null,
    default_source: null,
    default_tax_rates: [],
    description: of.description ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
    items: embed(
      `/v1/subscription_items?subscription=${id}`,
      of.items.map((item, index) =>
        newItem(store, { ...item, price: prices[index] as Price }, { id, period }),
      ),
    ),
    latest_invoice: null,
    livemode: false,
    metadata: of.metadata ?? {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === null ? 'incomplete' : 'trialing',
    test_clock: find(store, 'customer', of.customer)?.test_clock ?? null,
    transfer_data: null,
    trial_end: trialEnd,
    trial_settings: { end_behavior: { missing_payment_method: of.missingPaymentMethod ?? 'create_invoice' } },
    trial_start: trialEnd === null ? null : now,
  }
}

/** An item as the subscription embeds it. Metered ones have no quantity. */
export function newItem(
  store: Store,
  of: { price: Price; quantity?: number | undefined; metadata?: Metadata },
  { id, period }: { id: string; period: Period },
): Item {
  return {
    id: store.newId('si'),
    object: 'subscription_item',
    billing_thresholds: null,
    created: period.start,
    current_period_end: period.end,
    current_period_start: period.start,
    discounts: [],
    metadata: of.metadata ?? {},
    price: of.price,
    subscription: id,
    tax_rates: [],
    ...(!isMetered(of.price) && { quantity: of.quantity ?? 1 }),
  }
}

function payFirst(store: Store, subscription: Subscription, of: NewSubscription): Invoice {
  const first = subscription.items.data[0]
  const period = {
    start: subscription.start_date,
    end: first?.current_period_end ?? subscription.start_date,
  }
  const line = subscription.trial_end === null ? itemLine : trialLine
  const draft = draftInvoice(store, {
    customer: subscription.customer,
    currency: subscription.currency,
    reason: 'subscription_create',
    lines: subscription.items.data.filter(isLicensed).map((item) => line(store, subscription, item, period)),
    period: { start: subscription.start_date, end: subscription.start_date },
    subscription,
    autoAdvance: true,
  })
  const open = finalizeInvoice(store, draft)
  if (open.status !== 'open' || of.behaviour === 'default_incomplete') return open
  const { invoice, intent } = collect(store, open, { automatic: true, offSession: of.offSession })
  if (intent) openDisputeOfCard(store, intent)
  return invoice
}
