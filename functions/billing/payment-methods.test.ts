import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Quote } from '../../core/billing/wire.ts'
import type { PaymentMethodList, PortalOpened, SetupStarted } from '../../core/billing/wire-payments.ts'
import type { Caller } from './testing/desk.ts'
import { openShop, type Shop } from './testing/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop[Symbol.asyncDispose]())

/** Stores a card as the provider's page would, and what came of it as its webhook would. */
async function withCard(who: Caller, token = 'pm_card_visa'): Promise<string> {
  const { body } = await who.call<SetupStarted>('POST', '/v1/billing/payment-methods/setup', {})
  const confirmed = await stripeCall(`/v1/setup_intents/${body.id}/confirm`, { payment_method: token })
  const id = String(confirmed.payment_method)
  const method = await shop.provider.fetch({ kind: 'payment-method', id, accountId: null })
  await shop.put(method)
  return id
}
async function stripeCall(path: string, form: Record<string, string>) {
  const headers = { authorization: `Bearer ${shop.stripe.key}` }
  const body = new URLSearchParams(form)
  const answer = await fetch(shop.stripe.origin + path, { method: 'POST', headers, body })
  return (await answer.json()) as Record<string, unknown>
}
const methodsOf = async (who: Caller) =>
  (await who.get<PaymentMethodList>('/v1/billing/payment-methods')).items

describe('a payment method', () => {
  it('is there once it is stored at the provider', async () => {
    const me = await shop.person()
    const id = await withCard(me)
    expect(await methodsOf(me)).toMatchObject([{ id, brand: 'visa' }])
  })
  it('is paid with when it is made the default', async () => {
    const me = await shop.person()
    const methodId = await withCard(me)
    const { body } = await me.call<PaymentMethodList>('PUT', '/v1/billing/payment-methods/default', {
      methodId,
    })
    expect(body.items.map(({ isDefault }) => isDefault)).toEqual([true])
  })
  it('is gone when it is removed', async () => {
    const me = await shop.person()
    const id = await withCard(me)
    await me.call('DELETE', `/v1/billing/payment-methods/${id}`)
    expect(await methodsOf(me)).toEqual([])
  })
  it('of one’s own does not pay for an organisation', async () => {
    const me = await shop.person()
    const methodId = await withCard(me)
    const { body } = await me.call<{ id: string }>('POST', '/v1/organisations', { name: 'Film' })
    expect(
      await me.refusal('PUT', '/v1/billing/payment-methods/default', { methodId, organisationId: body.id }),
    ).toBe('404 not-found')
  })
})

describe('the portal', () => {
  it('is a page of the provider', async () => {
    const me = await shop.person()
    const { body } = await me.call<PortalOpened>('POST', '/v1/billing/portal', {})
    expect(new URL(body.url).origin).toBe(shop.stripe.origin)
  })
})

describe('a quote', () => {
  const quoteFor = (place: string) =>
    shop.nobody.get<Quote>(`/v1/billing/quote?priceId=${shop.price('basic-month')}&${place}`)
  it('adds the tax of the country', async () => {
    expect(await quoteFor('country=DE')).toMatchObject({ netMinor: 599, taxMinor: 114, grossMinor: 713 })
  })
  it('leaves the tax to a business elsewhere in the union', async () => {
    expect(await quoteFor('country=FR&taxId=FR12345678901')).toMatchObject({
      taxMinor: 0,
      reason: 'reverse-charge',
    })
  })
  it('is in the currency that was chosen', async () => {
    expect(await quoteFor('country=JP&currency=jpy')).toMatchObject({ currency: 'jpy', netMinor: 990 })
  })
  it('counts the quantity', async () => {
    expect((await quoteFor('country=DE&quantity=3')).netMinor).toBe(1797)
  })
})
