import type { Store } from '../store.ts'
import { bill, changeSubscription, current, itemsIn, UPDATED } from './bill.ts'
import { hasEnded } from './end.ts'
import { pendingItems } from './invoice-draft.ts'
import { itemLine, meteredLine } from './lines.ts'
import type { Item, Line, Metadata, Period, Subscription } from './objects.ts'
import { change, invalid } from './objects-in-store.ts'
import { periodEnd } from './periods.ts'
import { isLicensed } from './prices.ts'
import { leavePending, prorationsOf } from './proration.ts'
import { newItem, recurringPrice, refuseMixed } from './subscribe.ts'

export interface ItemChange {
  readonly id?: string | undefined
  readonly price?: string | undefined
  readonly quantity?: number | undefined
  readonly deleted?: boolean | undefined
  readonly metadata?: Metadata | undefined
}
export type ProrationBehaviour = 'create_prorations' | 'always_invoice' | 'none'

/** Changes what is subscribed to: https://docs.stripe.com/billing/subscriptions/change-price. */
export function changeItems(
  store: Store,
  subscription: Subscription,
  of: { items: readonly ItemChange[]; behaviour: ProrationBehaviour; at?: number | undefined },
): Subscription {
  refuseEnded(subscription)
  const planned = plannedChange(store, subscription, of)
  leavePending(store, planned.prorations)
  if (!planned.restart) return moveOn(store, subscription, { ...planned, behaviour: of.behaviour })
  const metered = elapsedUsage(store, subscription, planned.at)
  const { restart } = planned
  const changed = changeSubscription(store, subscription, {
    billing_cycle_anchor: restart.start,
    items: itemsIn({ ...subscription, items: { ...subscription.items, data: planned.items } }, restart),
  })
  const lines = changed.items.data.filter(isLicensed).map((item) => itemLine(store, changed, item, restart))
  bill(store, changed, {
    reason: 'subscription_update',
    lines: [...metered, ...lines],
    period: { start: restart.start, end: restart.start },
  })
  return current(store, changed)
}

export function refuseEnded(subscription: Subscription): void {
  if (hasEnded(subscription))
    throw invalid('A canceled subscription can only update its cancellation_details and metadata.', {
      code: 'invalid_canceled_subscription_fields',
    })
}

/** What a change comes to: `restart` where another interval begins a new period at once. */
export function plannedChange(
  store: Store,
  subscription: Subscription,
  of: { items: readonly ItemChange[]; behaviour: ProrationBehaviour; at?: number | undefined },
) {
  const now = store.now(subscription.customer)
  const items = plannedItems(store, subscription, of.items)
  refuseMixed(
    items.map((item) => item.price),
    subscription.currency,
  )
  const restart = subscription.status === 'trialing' ? undefined : restarted(subscription, items, now)
  const at = restart ? now : (of.at ?? now)
  const prorations =
    of.behaviour === 'none' ? [] : prorationsOf(store, subscription, { items, at, debits: !restart })
  return { items, prorations, restart, at }
}

function restarted(subscription: Subscription, items: readonly Item[], now: number): Period | undefined {
  const [before, after] = [subscription.items.data[0]?.price.recurring, items[0]?.price.recurring]
  if (!before || !after) return undefined
  const same = before.interval === after.interval && before.interval_count === after.interval_count
  return same ? undefined : { start: now, end: periodEnd(now, after, 1) }
}

function moveOn(
  store: Store,
  subscription: Subscription,
  { items, behaviour, at }: { items: readonly Item[]; behaviour: ProrationBehaviour; at: number },
): Subscription {
  const changed = changeSubscription(store, subscription, { items: { ...subscription.items, data: items } })
  const waiting = pendingItems(store, { ...changed, subscription: changed })
  if (behaviour === 'always_invoice' && waiting.length > 0) {
    const now = store.now(changed.customer)
    bill(store, changed, {
      reason: 'subscription_update',
      lines: [],
      period: { start: now, end: now },
      prorationDate: at,
    })
  }
  return current(store, changed)
}

/** Usage of the period that ends before its time. */
function elapsedUsage(store: Store, subscription: Subscription, at: number): Line[] {
  return subscription.items.data
    .filter((item) => !isLicensed(item))
    .map((item) => meteredLine(store, subscription, item, { start: item.current_period_start, end: at }))
    .filter((line) => line.amount !== 0)
}

function plannedItems(store: Store, subscription: Subscription, changes: readonly ItemChange[]): Item[] {
  const kept = subscription.items.data.flatMap((item) => {
    const asked = changes.find(({ id }) => id === item.id)
    if (asked?.deleted) return []
    return [asked ? changedItem(store, item, asked) : item]
  })
  const unknown = changes.find(({ id }) => id && !subscription.items.data.some((item) => item.id === id))
  if (unknown)
    throw invalid(`No such subscription_item: '${unknown.id}'`, {
      code: 'resource_missing',
      param: 'items[0][id]',
    })
  const added = changes.filter(({ id }) => !id).map((asked) => addedItem(store, subscription, asked))
  if (kept.length + added.length === 0)
    throw invalid('A subscription must have at least one active plan.', { param: 'items' })
  return [...kept, ...added]
}

function changedItem(store: Store, item: Item, asked: ItemChange): Item {
  const price = asked.price === undefined ? item.price : recurringPrice(store, asked.price)
  const licensed = price.recurring?.usage_type !== 'metered'
  const { quantity, ...rest } = item
  return {
    ...rest,
    price,
    metadata: asked.metadata ?? item.metadata,
    ...(licensed && { quantity: asked.quantity ?? quantity ?? 1 }),
  } as Item
}

function addedItem(store: Store, subscription: Subscription, asked: ItemChange): Item {
  if (asked.price === undefined)
    throw invalid('Missing required param: items[0][price].', {
      code: 'parameter_missing',
      param: 'items[0][price]',
    })
  const price = recurringPrice(store, asked.price)
  if (subscription.items.data.some((item) => item.price.id === price.id))
    throw invalid(
      `Cannot add multiple subscription items with the same plan: ${price.id}. To change an existing item, pass its id.`,
    )
  const [first] = subscription.items.data
  const now = store.now(subscription.customer)
  const period = { start: first?.current_period_start ?? now, end: first?.current_period_end ?? now }
  return newItem(
    store,
    { price, quantity: asked.quantity, metadata: asked.metadata ?? {} },
    { id: subscription.id, period },
  )
}

/** Ends it with its period, or takes that back: https://docs.stripe.com/billing/subscriptions/cancel. */
export function setCancelAtPeriodEnd(
  store: Store,
  subscription: Subscription,
  cancel: boolean,
): Subscription {
  refuseEnded(subscription)
  if (subscription.schedule)
    throw invalid(
      `The subscription is managed by the subscription schedule \`${subscription.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
    )
  const end = subscription.items.data[0]?.current_period_end ?? null
  const reason = cancel ? 'cancellation_requested' : null
  return change(
    store,
    subscription,
    {
      cancel_at_period_end: cancel,
      cancel_at: cancel ? end : null,
      canceled_at: cancel ? store.now(subscription.customer) : null,
      cancellation_details: { comment: null, feedback: null, feedback_option: null, reason },
    } as Partial<Subscription>,
    UPDATED,
  )
}
