import { expect, it } from 'vitest'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { schedule, subscription } from './testing/objects.ts'

const clock = { now: () => new Date('2026-11-20T12:00:00Z') }

/** What is sent to Stripe for a change at the period's end of the subscription. */
async function sentFor(object: unknown) {
  await using server = await answering((line) => {
    if (line.includes('/prices/'))
      return { status: 200, body: { id: 'price_3', recurring: { interval: 'year', interval_count: 1 } } }
    return { status: 200, body: line.includes('/subscription_schedules') ? schedule() : object }
  })
  const secrets = knownSecrets({ 'stripe-key': 'sk_test_1' })
  const stripe = openStripe({ secrets, clock, api: server.origin })
  const change = { subscriptionId: 'sub_1', priceId: 'price_3', quantity: 2, when: 'period-end' } as const
  await stripe.changeSubscription({ ...change, idempotencyKey: 'k' })
  return server.asked.filter(({ line }) => line.startsWith('POST'))
}

it('a first change makes a schedule of the subscription, then its phases', async () => {
  const sent = await sentFor(subscription())
  expect(sent.map(({ line, headers }) => [line, headers['idempotency-key']])).toEqual([
    ['POST /v1/subscription_schedules', 'k:schedule'],
    ['POST /v1/subscription_schedules/sub_sched_1', 'k'],
  ])
})
it('the next change replaces what is scheduled', async () => {
  const sent = await sentFor(subscription({ schedule: schedule() }))
  expect(sent.map(({ line }) => line)).toEqual(['POST /v1/subscription_schedules/sub_sched_1'])
})
it('the new price begins where the paid period ends, for a period of its own', async () => {
  const [sent] = await sentFor(subscription({ schedule: schedule() }))
  const form = new URLSearchParams(sent?.form)
  expect([
    form.get('phases[0][end_date]'),
    form.get('phases[1][items][0][price]'),
    form.get('phases[1][duration][interval]'),
    form.get('end_behavior'),
  ]).toEqual(['1797592000', 'price_3', 'year', 'release'])
})
