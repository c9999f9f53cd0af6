import { expect, it } from 'vitest'
import { localStripe, NOW } from './testing/local-stripe.ts'

const since = new Date(NOW.getTime() - 60_000)

/** A customer, and usage of a meter that is none: an event of each form. */
async function happened() {
  const stripe = await localStripe()
  await stripe.sdk.customers.create({ email: 'ada@example.com' })
  const use = { event_name: 'none', payload: { stripe_customer_id: 'cus_1', value: '1' } }
  await stripe.sdk.billing.meterEvents.create(use)
  const listed = (query: { undelivered: boolean; after?: string }) =>
    Array.fromAsync(stripe.provider.events({ since, ...query }))
  return Object.assign(stripe, { listed })
}
const kindsOf = (events: readonly { about: { kind: string } | null }[]) =>
  events.map(({ about }) => about?.kind)

it('events that exist in the thin form alone are listed with the others', async () => {
  await using stripe = await happened()
  expect(kindsOf(await stripe.listed({ undelivered: false })).toSorted()).toEqual(['customer', 'notice'])
})
it('notices are told also where only the undelivered is asked for', async () => {
  await using stripe = await happened()
  expect(kindsOf(await stripe.listed({ undelivered: true }))).toContain('notice')
})
it('nothing is listed again after a notice that was listed', async () => {
  await using stripe = await happened()
  const [notice] = (await stripe.listed({ undelivered: false })).filter(
    ({ about }) => about?.kind === 'notice',
  )
  const rest = await stripe.listed({ undelivered: false, after: notice?.eventId ?? '' })
  expect(kindsOf(rest)).not.toContain('notice')
})
it('none of before the time that is asked for are listed', async () => {
  await using stripe = await happened()
  const after = stripe.provider.events({ since: new Date(NOW.getTime() + 60_000), undelivered: false })
  expect(await Array.fromAsync(after)).toEqual([])
})
