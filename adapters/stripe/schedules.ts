import type Stripe from 'stripe'
import type { ChangeRequest } from '../../core/billing/payment-requests.ts'
import type { ApiClient } from './api-client.ts'
import { planItem } from './change-item.ts'
import { expanded, idIn, idOf } from './read-fields.ts'

type Phase = Stripe.SubscriptionScheduleUpdateParams.Phase

/**
 * Changes the price at the period's end: what is paid for is used up. The schedule lets go of the subscription after one
 * period of the new price. https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
export async function scheduleChange(
  subscription: Stripe.Subscription,
  request: ChangeRequest & { idempotencyKey: string },
  client: ApiClient,
): Promise<void> {
  const { idempotencyKey } = request
  const current = runningSchedule(subscription) ?? (await newSchedule(subscription, idempotencyKey, client))
  const next = await nextPhase(subscription, request, client)
  const phases = [phaseNow(subscription, current), next]
  const change = { end_behavior: 'release', phases } as const
  await client.call((stripe) => stripe.subscriptionSchedules.update(current.id, change, { idempotencyKey }))
}

/** Gives a subscription free that a schedule holds: Stripe refuses other changes of it until then. */
export async function releaseSchedule(subscription: Stripe.Subscription, client: ApiClient): Promise<void> {
  const schedule = runningSchedule(subscription)
  if (schedule) await client.call((stripe) => stripe.subscriptionSchedules.release(schedule.id))
}

function runningSchedule({ schedule: ref }: Stripe.Subscription): Stripe.SubscriptionSchedule | undefined {
  const schedule = expanded(ref)
  return schedule && ['active', 'not_started'].includes(schedule.status) ? schedule : undefined
}

const newSchedule = ({ id }: Stripe.Subscription, idempotencyKey: string, client: ApiClient) =>
  client.call((stripe) =>
    stripe.subscriptionSchedules.create(
      { from_subscription: id },
      { idempotencyKey: `${idempotencyKey}:schedule` },
    ),
  )

/** As the subscription is, until its period ends. */
function phaseNow(
  subscription: Stripe.Subscription,
  { current_phase: now }: Stripe.SubscriptionSchedule,
): Phase {
  const { current_period_start: start, current_period_end: end } = planItem(subscription)
  return {
    items: subscription.items.data.map(itemOf),
    start_date: now?.start_date ?? start,
    end_date: end,
    proration_behavior: 'none',
    // A trial that runs goes on: without it the phase would bill at once.
    ...(subscription.trial_end && subscription.status === 'trialing'
      ? { trial_end: subscription.trial_end }
      : {}),
  }
}

async function nextPhase(
  subscription: Stripe.Subscription,
  { priceId, quantity }: ChangeRequest,
  client: ApiClient,
): Promise<Phase> {
  const { recurring } = await client.call((stripe) => stripe.prices.retrieve(priceId))
  const plan = planItem(subscription)
  const others = subscription.items.data.filter(({ id }) => id !== plan.id)
  return {
    items: [{ price: priceId, quantity }, ...others.map(itemOf)],
    duration: { interval: recurring?.interval ?? 'month', interval_count: recurring?.interval_count ?? 1 },
    proration_behavior: 'none',
  }
}

const itemOf = ({ price, quantity }: Stripe.SubscriptionItem): Phase['items'][number] => ({
  price: idIn(idOf(price), 'price'),
  ...(quantity === undefined || price.recurring?.usage_type === 'metered' ? {} : { quantity }),
})
