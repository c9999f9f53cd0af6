import type { Store } from '../store.ts'
import { bill, changeSubscription, current, itemsIn, UPDATED } from './bill.ts'
import { endSubscription, hasEnded } from './end.ts'
import { pendingItems } from './invoice-draft.ts'
import { itemLine, meteredLine } from './lines.ts'
import type { Customer, Line, Period, Subscription } from './objects.ts'
import { change, find, invalid, need } from './objects-in-store.ts'
import { nextPeriodEnd, periodEnd } from './periods.ts'
import { isLicensed } from './prices.ts'

/** The period that its items are in; they all share one. */
export function periodOf(subscription: Subscription): Period {
  const [first] = subscription.items.data
  return { start: first?.current_period_start ?? 0, end: first?.current_period_end ?? 0 }
}

/** The period is over: the subscription ends, or its next period begins and is billed. */
export function renew(store: Store, subscription: Subscription): void {
  const over = periodOf(subscription)
  const trialOver = subscription.status === 'trialing'
  if (subscription.cancel_at !== null && subscription.cancel_at <= over.end) finish(store, subscription)
  else if (!trialOver || canPay(store, subscription) || !endsWithoutMethod(store, subscription))
    beginNext(store, subscription, trialOver)
}

function beginNext(store: Store, subscription: Subscription, trialOver: boolean): void {
  const over = periodOf(subscription)
  const next = nextPeriod(subscription)
  const usage = trialOver ? [] : usageLines(store, subscription, over)
  const renewed = changeSubscription(store, subscription, {
    items: itemsIn(subscription, next),
    ...(trialOver && { status: 'active' }),
  })
  const lines = renewed.items.data.filter(isLicensed).map((item) => itemLine(store, renewed, item, next))
  bill(store, renewed, { reason: 'subscription_cycle', lines: [...usage, ...lines], period: over })
}

/** The period after the present one. */
export function nextPeriod(subscription: Subscription): Period {
  const { end } = periodOf(subscription)
  const every = subscription.items.data[0]?.price.recurring
  return { start: end, end: every ? nextPeriodEnd(subscription.billing_cycle_anchor, every, end) : end }
}

/** Metered items of a period that is over, or of one so far. */
export const usageLines = (store: Store, subscription: Subscription, period: Period): Line[] =>
  subscription.items.data
    .filter((item) => !isLicensed(item))
    .map((item) => meteredLine(store, subscription, item, period))

/** Usage and what else waits is billed a last time. */
export function finish(store: Store, subscription: Subscription): void {
  const period = periodOf(subscription)
  const now = store.now(subscription.customer)
  const until = { start: period.start, end: Math.min(period.end, now) }
  const usage = subscription.status === 'trialing' ? [] : usageLines(store, subscription, until)
  const owed = usage.filter((line) => line.amount !== 0)
  const waiting = pendingItems(store, { ...subscription, subscription })
  if (owed.length + waiting.length > 0)
    bill(store, subscription, { reason: 'subscription_cycle', lines: owed, period: until })
  endSubscription(store, current(store, subscription), 'cancellation_requested')
}

function canPay(store: Store, subscription: Subscription): boolean {
  const customer = find(store, 'customer', subscription.customer) as Customer | undefined
  return Boolean(
    subscription.default_payment_method ?? customer?.invoice_settings?.default_payment_method ?? null,
  )
}

/** https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment */
function endsWithoutMethod(store: Store, subscription: Subscription): boolean {
  const behaviour = subscription.trial_settings.end_behavior.missing_payment_method
  if (behaviour === 'cancel') endSubscription(store, subscription, 'payment_failed')
  if (behaviour === 'pause') {
    const paused = change(store, subscription, { status: 'paused' })
    store.emit('customer.subscription.paused', paused)
  }
  return behaviour !== 'create_invoice'
}

/** A trial ends before its time: https://docs.stripe.com/billing/subscriptions/trials#end-trial-early. */
export function endTrialNow(store: Store, subscription: Subscription): Subscription {
  if (subscription.status !== 'trialing') return subscription
  return startPeriodNow(store, subscription, {
    status: 'active',
    trial_end: store.now(subscription.customer),
  })
}

/** A paused subscription goes on with a period of its own: https://docs.stripe.com/api/subscriptions/resume. */
export function resume(store: Store, subscription: Subscription): Subscription {
  if (subscription.status !== 'paused')
    throw invalid(`You can only resume a subscription that is paused. This one is ${subscription.status}.`)
  const resumed = startPeriodNow(store, subscription, { status: 'active' })
  store.emit('customer.subscription.resumed', resumed)
  return resumed
}

function startPeriodNow(
  store: Store,
  subscription: Subscription,
  changes: Partial<Subscription>,
): Subscription {
  const now = store.now(subscription.customer)
  const every = subscription.items.data[0]?.price.recurring
  const period = { start: now, end: every ? periodEnd(now, every, 1) : now }
  const started = changeSubscription(store, subscription, {
    ...changes,
    billing_cycle_anchor: now,
    items: itemsIn(subscription, period),
  })
  bill(store, started, {
    reason: 'subscription_update',
    lines: started.items.data.filter(isLicensed).map((item) => itemLine(store, started, item, period)),
    period: { start: now, end: now },
  })
  return need(store, 'subscription', started.id)
}

/** A longer or another trial: the first bill comes when it ends. */
export function extendTrial(store: Store, subscription: Subscription, trialEnd: number): Subscription {
  const now = store.now(subscription.customer)
  if (hasEnded(subscription) || trialEnd <= now)
    throw invalid('The trial must end in the future.', { param: 'trial_end' })
  const start = periodOf(subscription).start
  return change(
    store,
    subscription,
    {
      status: 'trialing',
      trial_start: subscription.trial_start ?? now,
      trial_end: trialEnd,
      billing_cycle_anchor: trialEnd,
      items: itemsIn(subscription, { start, end: trialEnd }),
    },
    UPDATED,
  )
}
