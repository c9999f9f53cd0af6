import type { Store } from '../store.ts'
import { endSubscription } from './end.ts'
import { linked } from './links.ts'
import type { Invoice, Subscription } from './objects.ts'
import { change, find } from './objects-in-store.ts'
import { settingsOf } from './settings.ts'

export const subscriptionOf = (store: Store, invoice: Invoice): Subscription | undefined =>
  find(store, 'subscription', invoice.parent?.subscription_details?.subscription)

/**
 * What an invoice that is paid or given up means for its subscription: the newest one that counts decides
 * (https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses).
 */
export function standingAfter(store: Store, invoice: Invoice): void {
  const subscription = subscriptionOf(store, invoice)
  if (!subscription) return
  if (subscription.status === 'incomplete') settleFirst(store, subscription, invoice)
  if (subscription.status !== 'past_due' && subscription.status !== 'unpaid') return
  if (isGood(newestThatCounts(store, subscription)))
    change(store, subscription, { status: 'active' }, UPDATED)
}
const UPDATED = 'customer.subscription.updated'

const isGood = (invoice: Invoice | undefined) =>
  invoice === undefined || invoice.status === 'paid' || invoice.status === 'uncollectible'

function settleFirst(store: Store, subscription: Subscription, invoice: Invoice): void {
  if (invoice.status === 'paid') change(store, subscription, { status: 'active' }, UPDATED)
  else if (invoice.status === 'void') expireIncomplete(store, subscription)
}

/** Nobody paid the first invoice in time: terminal. */
export function expireIncomplete(store: Store, subscription: Subscription): void {
  const now = store.now(subscription.customer)
  change(store, subscription, { status: 'incomplete_expired', ended_at: now }, UPDATED)
}

function newestThatCounts(store: Store, subscription: Subscription): Invoice | undefined {
  const ids = linked(store, 'invoices', subscription.id)
  for (let index = ids.length - 1; index >= 0; index -= 1) {
    const invoice = find(store, 'invoice', ids[index])
    if (invoice && invoice.status !== 'void') return invoice
  }
  return undefined
}

/** A payment has failed. After the last automatic try the account's setting decides. */
export function standingAfterFailure(store: Store, invoice: Invoice, wasLastTry: boolean): void {
  const subscription = subscriptionOf(store, invoice)
  if (!subscription) return
  if (subscription.status === 'active' || subscription.status === 'trialing')
    change(store, subscription, { status: 'past_due' }, UPDATED)
  if (wasLastTry && subscription.status !== 'incomplete') giveUp(store, subscription)
}

function giveUp(store: Store, subscription: Subscription): void {
  const { afterLastRetry } = settingsOf(store)
  if (afterLastRetry === 'cancel') endSubscription(store, subscription, 'payment_failed')
  if (afterLastRetry === 'mark-unpaid' && subscription.ended_at === null)
    change(store, subscription, { status: 'unpaid' }, UPDATED)
}
