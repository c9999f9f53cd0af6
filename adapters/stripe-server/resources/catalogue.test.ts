import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { aPayer, aPlan, openWire } from '../testing/wire.ts'

async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => 'answered',
    (error) => error.code ?? error.message,
  )
}

describe('products of the local Stripe server', () => {
  it('keep their metadata, and lose what is emptied', async () => {
    await using wire = await openWire()
    const { id } = await wire.stripe.products.create({ name: 'P', metadata: { plan: 'a', rank: '1' } })
    const changed = await wire.stripe.products.update(id, { metadata: { plan: '', audience: 'viewer' } })
    expect(changed.metadata).toEqual({ rank: '1', audience: 'viewer' })
  })
  it('cannot be deleted while they have prices', async () => {
    await using wire = await openWire()
    const price = await aPlan(wire.stripe)
    expect(await codeOf(wire.stripe.products.del(price.product as string))).toContain('cannot be deleted')
  })
  it('take an id of the caller once', async () => {
    await using wire = await openWire()
    await wire.stripe.products.create({ id: 'plan-a', name: 'P' })
    const again = wire.stripe.products.create({ id: 'plan-a', name: 'P' })
    expect(await codeOf(again)).toBe('resource_already_exists')
  })
})

describe('prices of the local Stripe server', () => {
  it('are found by their lookup key', async () => {
    await using wire = await openWire()
    const price = await aPlan(wire.stripe, { lookup_key: 'premium-month' })
    await aPlan(wire.stripe, { lookup_key: 'other' })
    const { data } = await wire.stripe.prices.list({ lookup_keys: ['premium-month'] })
    expect(data.map(({ id }) => id)).toEqual([price.id])
  })
  it('hand their lookup key over when they are told to', async () => {
    await using wire = await openWire()
    const old = await aPlan(wire.stripe, { lookup_key: 'k' })
    await aPlan(wire.stripe, { lookup_key: 'k', transfer_lookup_key: true })
    expect((await wire.stripe.prices.retrieve(old.id)).lookup_key).toBeNull()
  })
  it('share no lookup key', async () => {
    await using wire = await openWire()
    await aPlan(wire.stripe, { lookup_key: 'k' })
    expect(await codeOf(aPlan(wire.stripe, { lookup_key: 'k' }))).toBe('resource_already_exists')
  })
  it('keep amounts below a minor unit as they are', async () => {
    await using wire = await openWire()
    const { id: product } = await wire.stripe.products.create({ name: 'P' })
    const decimal = { product, currency: 'usd', unit_amount_decimal: Stripe.Decimal.from('0.25') }
    const price = await wire.stripe.prices.create(decimal)
    expect([price.unit_amount, price.unit_amount_decimal?.toString()]).toEqual([null, '0.25'])
  })
  it('are metered by a meter alone', async () => {
    await using wire = await openWire()
    const metered = aPlan(wire.stripe, { recurring: { interval: 'month', usage_type: 'metered' } })
    expect(await codeOf(metered)).toBe('Metered prices need a meter.')
  })
})

describe('customers of the local Stripe server', () => {
  it('are told of as deleted once they are', async () => {
    await using wire = await openWire()
    const { id } = await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.customers.del(id)
    expect(await wire.stripe.customers.retrieve(id)).toMatchObject({ id, deleted: true })
  })
  it('are in no list once they are deleted', async () => {
    await using wire = await openWire()
    const { id } = await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.customers.del(id)
    expect((await wire.stripe.customers.list()).data).toEqual([])
  })
  it('take only their own payment method for the default', async () => {
    await using wire = await openWire()
    const other = await aPayer(wire.stripe)
    const { id } = await wire.stripe.customers.create({ name: 'A' })
    const method = other.invoice_settings.default_payment_method as string
    const change = wire.stripe.customers.update(id, { invoice_settings: { default_payment_method: method } })
    expect(await codeOf(change)).toBe('resource_missing')
  })
})

describe('payment methods of the local Stripe server', () => {
  it('are made of a test token for one customer', async () => {
    await using wire = await openWire()
    const customer = await aPayer(wire.stripe)
    const { data } = await wire.stripe.customers.listPaymentMethods(customer.id)
    expect(data.map(({ card }) => card?.last4)).toEqual(['4242'])
  })
  it('are declined at once where the bank would', async () => {
    await using wire = await openWire()
    const error = await aPayer(wire.stripe, 'pm_card_chargeDeclined').catch((thrown) => thrown)
    expect([error.constructor, error.decline_code]).toEqual([
      Stripe.errors.StripeCardError,
      'generic_decline',
    ])
  })
  it('are no default any more once they are detached', async () => {
    await using wire = await openWire()
    const customer = await aPayer(wire.stripe)
    await wire.stripe.paymentMethods.detach(customer.invoice_settings.default_payment_method as string)
    const after = (await wire.stripe.customers.retrieve(customer.id)) as Stripe.Customer
    expect(after.invoice_settings.default_payment_method).toBeNull()
  })
  it('are never made of a number through the API', async () => {
    await using wire = await openWire()
    const card = { number: '4242424242424242', exp_month: 1, exp_year: 2040, cvc: '123' }
    expect(await codeOf(wire.stripe.paymentMethods.create({ type: 'card', card }))).toContain('unsafe')
  })
  it('come of a setup that asks for approval first', async () => {
    await using wire = await openWire()
    const { id: customer } = await wire.stripe.customers.create({ name: 'A' })
    const setup = await wire.stripe.setupIntents.create({
      customer,
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
    })
    const done = await wire.stripe.setupIntents.confirm(setup.id)
    expect([setup.status, done.status]).toEqual(['requires_action', 'succeeded'])
  })
})
