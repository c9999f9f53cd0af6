import type { Store } from '../store.ts'
import { linked } from './links.ts'
import type { Schedule, Subscription } from './objects.ts'
import { change, find } from './objects-in-store.ts'

export type EndReason = 'cancellation_requested' | 'payment_disputed' | 'payment_failed'
const ENDED = new Set(['canceled', 'incomplete_expired'])
export const hasEnded = (subscription: Subscription): boolean => ENDED.has(subscription.status)

/** Ends a subscription for good; its open invoices are not collected any more. */
export function endSubscription(store: Store, subscription: Subscription, reason: EndReason): Subscription {
  const current = find(store, 'subscription', subscription.id) ?? subscription
  if (hasEnded(current)) return current
  const now = store.now(current.customer)
  endSchedule(store, current, now)
  stopCollecting(store, current)
  const ended = change(store, current, {
    status: 'canceled',
    canceled_at: current.canceled_at ?? now,
    ended_at: now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason },
    schedule: null,
  })
  store.emit('customer.subscription.deleted', ended)
  return ended
}

function endSchedule(store: Store, subscription: Subscription, now: number): void {
  const schedule = find(store, 'subscription_schedule', subscription.schedule) as Schedule | undefined
  if (schedule?.status === 'active' || schedule?.status === 'not_started')
    change(
      store,
      schedule,
      { status: 'canceled', canceled_at: now, current_phase: null },
      'subscription_schedule.canceled',
    )
}

function stopCollecting(store: Store, subscription: Subscription): void {
  for (const id of linked(store, 'invoices', subscription.id)) {
    const invoice = find(store, 'invoice', id)
    const waits = invoice?.status === 'open' || invoice?.status === 'draft'
    if (invoice && waits && (invoice.auto_advance || invoice.next_payment_attempt !== null))
      change(store, invoice, { auto_advance: false, next_payment_attempt: null }, 'invoice.updated')
  }
}
