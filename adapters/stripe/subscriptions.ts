import type Stripe from 'stripe'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { changedItem } from './change-item.ts'
import { secondsOf } from './read-fields.ts'
import { releaseSchedule, scheduleChange } from './schedules.ts'

type Subscriptions = Pick<PaymentProvider, 'changeSubscription' | 'cancelSubscription' | 'resumeSubscription'>

/** https://docs.stripe.com/billing/subscriptions/upgrade-downgrade */
export const subscriptionCalls = (client: ApiClient): Subscriptions => ({
  async changeSubscription(request) {
    const { subscriptionId, when, at, idempotencyKey } = request
    const subscription = await retrieve(subscriptionId, client)
    if (when === 'period-end') return scheduleChange(subscription, request, client)
    await releaseSchedule(subscription, client)
    const change: Stripe.SubscriptionUpdateParams = {
      items: [changedItem(subscription, request)],
      proration_behavior: 'always_invoice',
      ...(at === undefined ? {} : { proration_date: secondsOf(at) }),
      // Without it a declined card would leave the customer on the new plan, unpaid.
      payment_behavior: 'error_if_incomplete',
    }
    await client.call((stripe) => stripe.subscriptions.update(subscriptionId, change, { idempotencyKey }))
  },
  async cancelSubscription({ subscriptionId, when, idempotencyKey }) {
    if (when === 'now') return cancelNow(subscriptionId, client)
    await releaseSchedule(await retrieve(subscriptionId, client), client)
    const change = { cancel_at_period_end: true }
    await client.call((stripe) => stripe.subscriptions.update(subscriptionId, change, { idempotencyKey }))
  },
  async resumeSubscription({ subscriptionId, idempotencyKey }) {
    await releaseSchedule(await retrieve(subscriptionId, client), client)
    const change = { cancel_at_period_end: false }
    await client.call((stripe) => stripe.subscriptions.update(subscriptionId, change, { idempotencyKey }))
  },
})

const retrieve = (id: string, client: ApiClient): Promise<Stripe.Subscription> =>
  client.call((stripe) => stripe.subscriptions.retrieve(id, { expand: ['schedule'] }))

/**
 * DELETE takes no idempotency key: a repetition is told that there is nothing, and looks. Without `invoice_now` usage that
 * was not yet billed never would be.
 */
async function cancelNow(id: string, client: ApiClient): Promise<void> {
  try {
    const { items } = await client.call((stripe) => stripe.subscriptions.retrieve(id))
    const isMetered = items.data.some(({ price }) => price.recurring?.usage_type === 'metered')
    const how = isMetered ? { invoice_now: true } : {}
    await client.call((stripe) => stripe.subscriptions.cancel(id, how))
  } catch (error) {
    if (!(error instanceof PaymentRefused)) throw error
    const found = await client.find((stripe) => stripe.subscriptions.retrieve(id))
    if (found?.status !== 'canceled') throw error
  }
}
