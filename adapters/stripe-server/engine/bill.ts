import type { Store } from '../store.ts'
import { collect } from './collect.ts'
import { openDisputeOfCard } from './disputes.ts'
import { draftInvoice } from './invoice-draft.ts'
import { finalizeInvoice } from './invoice-finalize.ts'
import { markUncollectible, voidInvoice } from './invoice-given-up.ts'
import type { Invoice, Line, Period, Subscription } from './objects.ts'
import { change, find } from './objects-in-store.ts'

/**
 * An invoice of a subscription, finalized and tried at once, or what its paused collection says instead
 * (https://docs.stripe.com/billing/subscriptions/pause-payment).
 */
export function bill(
  store: Store,
  subscription: Subscription,
  of: { reason: string; lines: readonly Line[]; period: Period; prorationDate?: number },
): Invoice {
  const pause = subscription.pause_collection?.behavior
  const waits = subscription.status === 'unpaid' || pause === 'keep_as_draft'
  const draft = draftInvoice(store, {
    ...of,
    customer: subscription.customer,
    currency: subscription.currency,
    subscription,
    autoAdvance: !waits && pause === undefined,
  })
  if (waits) return draft
  const open = finalizeInvoice(store, draft)
  if (open.status !== 'open') return open
  if (pause === 'void') return voidInvoice(store, open)
  if (pause === 'mark_uncollectible') return markUncollectible(store, open)
  return collectAtOnce(store, open)
}

function collectAtOnce(store: Store, open: Invoice): Invoice {
  const { intent, invoice } = collect(store, open, { automatic: true, offSession: true })
  if (intent) openDisputeOfCard(store, intent)
  return find(store, 'invoice', invoice.id) ?? invoice
}

/** The subscription as it is stored by now, for steps that follow a bill. */
export const current = (store: Store, subscription: Subscription): Subscription =>
  find(store, 'subscription', subscription.id) ?? subscription

/** Moves all items into a period. */
export const itemsIn = (subscription: Subscription, period: Period): Subscription['items'] => ({
  ...subscription.items,
  data: subscription.items.data.map((item) => ({
    ...item,
    current_period_start: period.start,
    current_period_end: period.end,
  })),
})

export const UPDATED = 'customer.subscription.updated'
export const changeSubscription = (
  store: Store,
  subscription: Subscription,
  changes: Partial<Subscription>,
) => change(store, subscription, changes, UPDATED)
