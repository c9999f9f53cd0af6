import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { PaymentPage, PaymentStarted, Refund } from '../../core/billing/wire-payments.ts'
import type { Caller } from './testing/desk.ts'
import { aKey, openShop, type Shop, subscribed } from './testing/shop.ts'

let shop: Shop
let me: Caller
let paymentId: string
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())
/** Everybody here has paid 5.99 euro. */
beforeEach(async () => {
  me = await shop.person()
  await subscribed(me, { priceId: shop.price('basic-month') })
  await shop.mirror(['invoice', 'payment'])
  paymentId = (await me.get<PaymentPage>('/v1/billing/payments')).items[0]?.id ?? 'none'
})

const refund = (body: Record<string, unknown> = {}, key = aKey()) =>
  shop.staff.keyed<Refund & { code: string }>(key, 'POST', `/v1/billing/payments/${paymentId}/refunds`, {
    reason: 'requested_by_customer',
    ...body,
  })
const paidBack = async () =>
  (await me.get<PaymentPage>('/v1/billing/payments')).items[0]?.refunds.map(({ amountMinor }) => amountMinor)

describe('a refund', () => {
  it('of all is made by staff', async () => {
    expect((await refund()).body).toMatchObject({ paymentId, amountMinor: 599, status: 'succeeded' })
  })
  it('of a part leaves the rest for another one', async () => {
    await refund({ amountMinor: 500 })
    expect((await refund()).body.amountMinor).toBe(99)
  })
  it('is made once a key', async () => {
    const key = aKey()
    const [first, again] = [await refund({ amountMinor: 100 }, key), await refund({ amountMinor: 100 }, key)]
    expect([again.body, await paidBack()]).toEqual([first.body, [100]])
  })
  it('is one row when its webhook comes, too', async () => {
    await refund({ amountMinor: 100 })
    await shop.mirror(['refund'])
    expect(await paidBack()).toEqual([100])
  })
  it('of more than is left is refused', async () => {
    await refund({ amountMinor: 500 })
    const { status, body } = await refund({ amountMinor: 100 })
    expect([status, body.code]).toEqual([409, 'refund-too-large'])
  })
  it('of all is refused where nothing is left', async () => {
    await refund()
    expect((await refund()).body.code).toBe('refund-too-large')
  })
  it('never exceeds the payment, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => refund({ amountMinor: 200 })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409])
  })
  it('takes back what it reserved where the provider refuses', async () => {
    // Made in the provider's dashboard, and its webhook is still on its way.
    await shop.provider.refund({
      ...{ paymentId, amountMinor: 500, reason: 'duplicate', idempotencyKey: aKey() },
    })
    const refused = await refund({ amountMinor: 300 })
    expect([refused.status, refused.body.code, await paidBack()]).toEqual([422, 'provider-refused', []])
  })
  it('of a payment that is none is not found', async () => {
    paymentId = 'pi_none'
    expect((await refund()).status).toBe(404)
  })
})

describe('a single payment', () => {
  const body = { amountMinor: 250, currency: 'eur', description: 'A ticket' }
  it('is begun once a key', async () => {
    const key = aKey()
    const begin = () => me.keyed<PaymentStarted>(key, 'POST', '/v1/billing/payments', body)
    expect((await begin()).body).toEqual((await begin()).body)
  })
  it('brings the secret that the browser confirms it with', async () => {
    const { body: begun } = await me.keyed<PaymentStarted>(aKey(), 'POST', '/v1/billing/payments', body)
    expect(begun.clientSecret.startsWith(begun.id)).toBe(true)
  })
})
