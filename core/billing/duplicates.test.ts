import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type BillingDesk, openBillingDesk } from '../../adapters/local/testing/billing-desk.ts'
import { billingEffects } from './schema.ts'
import { aSubscription, later } from './testing/objects.ts'

let desk: BillingDesk
beforeAll(async () => {
  desk = await openBillingDesk()
})
afterAll(() => desk[Symbol.asyncDispose]())
beforeEach(() => desk.clear())

const first = aSubscription()
const second = aSubscription({ id: 'sub_2', startedAt: later(1) })
const seen = async () =>
  (await desk.ports.db.select().from(billingEffects))
    .filter(({ effect }) => effect === 'duplicate-subscription')
    .map(({ objectId }) => objectId)

it('a second running subscription of a customer is seen, once', async () => {
  for (const object of [first, second, second, first]) await desk.apply(object)
  expect(await seen()).toEqual(['sub_2'])
})
it('it is the later one that is seen, in whatever order they come', async () => {
  for (const object of [second, first]) await desk.apply(object)
  expect(await seen()).toEqual(['sub_2'])
})
it('two that come at once see each other', async () => {
  await Promise.all([desk.apply(first), desk.apply(second)])
  expect(await seen()).toEqual(['sub_2'])
})
it('one after another that has ended is no second one', async () => {
  for (const object of [aSubscription({ status: 'canceled' }), second]) await desk.apply(object)
  expect(await seen()).toEqual([])
})
it('that of another customer is no second one', async () => {
  for (const object of [first, aSubscription({ ...second, customerId: 'cus_2' })]) await desk.apply(object)
  expect(await seen()).toEqual([])
})
it('those of nobody yet are no two of one customer', async () => {
  for (const object of [first, second]) await desk.apply({ ...object, customerId: '' })
  expect(await seen()).toEqual([])
})
