import { expect, it } from 'vitest'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import { knownSecrets, webhookSecrets } from './testing/known-secrets.ts'
import { customerWithCard, localStripe, NOW, pay } from './testing/local-stripe.ts'
import { type Receiving, receiving } from './testing/receiving.ts'
import { openWebhooks } from './webhook.ts'

type Local = Awaited<ReturnType<typeof localStripe>>

/** All that the local server delivers of what is done, in the form. */
async function delivered(stripe: Local, form: 'snapshot' | 'thin', act: () => Promise<unknown>) {
  await using place = await receiving()
  const { secret } = stripe.server.addEndpoint({ url: place.url, form })
  await act()
  await stripe.server.settle()
  return eventsOf(place, secret)
}

async function eventsOf({ deliveries }: Receiving, secret: string): Promise<readonly ProviderEvent[]> {
  const read = openWebhooks(knownSecrets({ 'stripe-webhook': webhookSecrets({ secret }) }))
  return (await Promise.all(deliveries.map((delivery) => read(delivery, NOW)))).flat()
}

/** A life with a bit of all: a subscription, a decline, a refund, a transfer. */
async function life({ provider, sdk }: Local) {
  const product = await sdk.products.create({ name: 'Premium', metadata: { plan_key: 'premium' } })
  const recurring = { interval: 'month' } as const
  const price = await sdk.prices.create({ product: product.id, currency: 'eur', unit_amount: 999, recurring })
  const { customerId } = await customerWithCard(sdk)
  const { id } = await sdk.subscriptions.create({ customer: customerId, items: [{ price: price.id }] })
  await provider.cancelSubscription({ subscriptionId: id, when: 'now', idempotencyKey: 'k1' })
  const { paymentId } = await pay(sdk)
  await provider.refund({ paymentId, amountMinor: 100, reason: 'duplicate', idempotencyKey: 'k2' })
}

it.each(['snapshot', 'thin'] as const)(
  'every %s event is about something that can be fetched',
  async (form) => {
    await using stripe = await localStripe()
    const events = await delivered(stripe, form, () => life(stripe))
    const found = await Promise.all(events.map(({ about }) => about && stripe.provider.fetch(about)))
    const lost = events.filter((_, index) => found[index] && 'gone' in (found[index] ?? {}))
    expect([events.length > 15, lost.map(({ type, about }) => [type, about])]).toEqual([true, []])
  },
)
it('both forms of an event are one occurrence', async () => {
  await using stripe = await localStripe()
  await using snapshots = await receiving()
  await using thins = await receiving()
  const one = stripe.server.addEndpoint({ url: snapshots.url, form: 'snapshot' })
  const other = stripe.server.addEndpoint({ url: thins.url, form: 'thin' })
  await life(stripe)
  await stripe.server.settle()
  const ids = (events: readonly ProviderEvent[]) => events.map(({ dedupeId }) => dedupeId).toSorted()
  expect(ids(await eventsOf(thins, other.secret))).toEqual(ids(await eventsOf(snapshots, one.secret)))
})
it('what is listed is what was delivered', async () => {
  await using stripe = await localStripe()
  const events = await delivered(stripe, 'snapshot', () => life(stripe))
  const since = new Date(NOW.getTime() - 3_600_000)
  const listed = await Array.fromAsync(stripe.provider.events({ since, undelivered: false }))
  expect(new Map(listed.map((event) => [event.eventId, event]))).toEqual(
    new Map(events.map((event) => [event.eventId, event])),
  )
})
it('takes both signatures while the secret is rolled', async () => {
  await using stripe = await localStripe()
  await using place = await receiving()
  const { id, secret } = stripe.server.addEndpoint({ url: place.url, form: 'snapshot' })
  const rolled = stripe.server.rollSecret(id)
  await pay(stripe.sdk)
  await stripe.server.settle()
  const [old, now] = [await eventsOf(place, secret), await eventsOf(place, rolled.secret)]
  expect([old.length > 0, old]).toEqual([true, now])
})
