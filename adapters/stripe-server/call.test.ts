import { request } from 'node:http'
import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { KEY, openWire, sdkOf } from './testing/wire.ts'

async function errorOf(call: Promise<unknown>): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  return await call.then(
    () => {
      throw new Error('the call was answered')
    },
    (error) => error,
  )
}

async function raw(origin: string, path: string, init: RequestInit = {}): Promise<Response> {
  return await fetch(`${origin}${path}`, { headers: { authorization: `Bearer ${KEY}` }, ...init })
}

describe('errors of the local Stripe server', () => {
  it('refuses a wrong key as an authentication error', async () => {
    await using wire = await openWire()
    const error = await errorOf(sdkOf({ ...wire.server, key: 'sk_test_wrong' }).products.list())
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError)
  })
  it('takes the key as the name of basic authorization', async () => {
    await using wire = await openWire()
    const authorization = `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`
    expect((await raw(wire.server.origin, '/v1/products', { headers: { authorization } })).status).toBe(200)
  })
  it('answers 404 in its own form where there is no such call', async () => {
    await using wire = await openWire()
    const answer = await raw(wire.server.origin, '/v1/unicorns')
    expect([answer.status, await answer.json()]).toEqual([
      404,
      { error: { type: 'invalid_request_error', message: 'Unrecognized request URL (GET: /v1/unicorns).' } },
    ])
  })
  it('gives every answer an id of its request', async () => {
    await using wire = await openWire()
    const product = await wire.stripe.products.create({ name: 'P' })
    expect(product.lastResponse.requestId).toMatch(/^req_\w{24}$/)
  })
  it('says which object is missing', async () => {
    await using wire = await openWire()
    const error = await errorOf(wire.stripe.customers.retrieve('cus_none'))
    expect([error.statusCode, error.code, error.param]).toEqual([404, 'resource_missing', 'id'])
  })
  it('names an unknown parameter', async () => {
    await using wire = await openWire()
    const wrong = { name: 'P', colour: 'red' } as Stripe.ProductCreateParams
    const error = await errorOf(wire.stripe.products.create(wrong))
    expect([error.type, error.code, error.param]).toEqual([
      'StripeInvalidRequestError',
      'parameter_unknown',
      'colour',
    ])
  })
  it('names an unknown parameter within another', async () => {
    await using wire = await openWire()
    const wrong = { currency: 'usd', unit_amount: 1, recurring: { every: 'month' } } as unknown
    const error = await errorOf(wire.stripe.prices.create(wrong as Stripe.PriceCreateParams))
    expect(error.param).toBe('recurring[every]')
  })
  it('names a missing parameter', async () => {
    await using wire = await openWire()
    const error = await errorOf(wire.stripe.products.create({} as Stripe.ProductCreateParams))
    expect([error.code, error.param]).toEqual(['parameter_missing', 'name'])
  })
  it('refuses a connected account that does not exist', async () => {
    await using wire = await openWire()
    const error = await errorOf(wire.stripe.products.list({}, { stripeAccount: 'acct_none' }))
    expect(error).toBeInstanceOf(Stripe.errors.StripePermissionError)
  })
  it('changes nothing when an operation is refused half-way', async () => {
    await using wire = await openWire()
    const wrong = { name: 'P', default_price_data: { currency: 'usd' } }
    await errorOf(wire.stripe.products.create(wrong))
    expect(wire.server.store.all('product')).toEqual([])
  })
  it('refuses a body of more than a megabyte', async () => {
    await using wire = await openWire()
    const body = `name=${'x'.repeat(1_000_001)}`
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/x-www-form-urlencoded' }
    expect((await raw(wire.server.origin, '/v1/products', { method: 'POST', headers, body })).status).toBe(
      413,
    )
  })
})

describe('idempotency keys of the local Stripe server', () => {
  const once = { idempotencyKey: 'order-1' }
  it('give the first answer again', async () => {
    await using wire = await openWire()
    const [first, second] = [
      await wire.stripe.customers.create({ name: 'A' }, once),
      await wire.stripe.customers.create({ name: 'A' }, once),
    ]
    expect([second.id, wire.server.store.all('customer')]).toEqual([first.id, [expect.anything()]])
  })
  it('mark the answer that is given again', async () => {
    await using wire = await openWire()
    await wire.stripe.customers.create({ name: 'A' }, once)
    const again = await wire.stripe.customers.create({ name: 'A' }, once)
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  })
  it('refuse other parameters', async () => {
    await using wire = await openWire()
    await wire.stripe.customers.create({ name: 'A' }, once)
    const error = await errorOf(wire.stripe.customers.create({ name: 'B' }, once))
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
  })
  it('are forgotten after a day of the server', async () => {
    let now = new Date('2026-05-01T00:00:00Z')
    await using wire = await openWire({ now: () => now })
    const first = await wire.stripe.customers.create({ name: 'A' }, once)
    now = new Date('2026-05-02T00:00:00Z')
    expect((await wire.stripe.customers.create({ name: 'A' }, once)).id).not.toBe(first.id)
  })
  it('are free again after a refusal of the parameters', async () => {
    await using wire = await openWire()
    await errorOf(wire.stripe.products.create({} as Stripe.ProductCreateParams, once))
    expect((await wire.stripe.products.create({ name: 'P' }, once)).name).toBe('P')
  })
  it('refuse a second request while the first one is still coming in', async () => {
    await using wire = await openWire()
    const headers = { authorization: `Bearer ${KEY}`, 'idempotency-key': 'order-1' }
    const slow = request(`${wire.server.origin}/v1/customers`, { method: 'POST', headers })
    const done = new Promise((answered) => slow.on('response', answered))
    const sent = new Promise<void>((flushed) => slow.write('name=', () => flushed()))
    await sent
    const error = await errorOf(untilRefused(() => wire.stripe.customers.create({ name: 'A' }, once)))
    slow.end('A')
    await done
    expect([error.statusCode, error.code]).toEqual([409, 'idempotency_key_in_use'])
  })
})

// The first request's head may still be on its way when the second one is there: then that one was simply first.
async function untilRefused(call: () => Promise<unknown>): Promise<unknown> {
  for (let tries = 0; tries < 50; tries++) await call()
  return undefined
}

describe('lists of the local Stripe server', () => {
  const names = ['1', '2', '3', '4', '5']
  async function filled() {
    const wire = await openWire()
    for (const name of names) await wire.stripe.customers.create({ name })
    return wire
  }
  it('come newest first in pages', async () => {
    await using wire = await filled()
    const page = await wire.stripe.customers.list({ limit: 2 })
    expect([page.data.map(({ name }) => name), page.has_more]).toEqual([['5', '4'], true])
  })
  it('are walked to their end by the SDK', async () => {
    await using wire = await filled()
    const all = await wire.stripe.customers.list({ limit: 2 }).autoPagingToArray({ limit: 100 })
    expect(all.map(({ name }) => name)).toEqual(names.toReversed())
  })
  it('are walked backwards from an object', async () => {
    await using wire = await filled()
    const [oldest] = (await wire.stripe.customers.list()).data.toReversed()
    const newer = wire.stripe.customers.list({ limit: 2, ending_before: oldest?.id ?? '' })
    expect((await newer.autoPagingToArray({ limit: 100 })).map(({ name }) => name)).toEqual([
      '2',
      '3',
      '4',
      '5',
    ])
  })
  it('leave out what was made before', async () => {
    let now = new Date('2026-05-01T00:00:00Z')
    await using wire = await openWire({ now: () => now })
    await wire.stripe.customers.create({ name: 'old' })
    now = new Date('2026-05-02T00:00:00Z')
    await wire.stripe.customers.create({ name: 'new' })
    const since = { created: { gte: now.getTime() / 1000 } }
    expect((await wire.stripe.customers.list(since)).data.map(({ name }) => name)).toEqual(['new'])
  })
  it('refuse a cursor that is in none of them', async () => {
    await using wire = await filled()
    const error = await errorOf(wire.stripe.customers.list({ starting_after: 'cus_none' }))
    expect([error.code, error.param]).toEqual(['resource_missing', 'starting_after'])
  })
})

describe('expanding in the local Stripe server', () => {
  async function priced() {
    const wire = await openWire()
    const product = await wire.stripe.products.create({ name: 'P' })
    const euros = { eur: { unit_amount: 90 } }
    const price = { product: product.id, currency: 'usd', unit_amount: 100, currency_options: euros }
    return { wire, price: await wire.stripe.prices.create(price) }
  }
  it('puts an object in place of its id', async () => {
    const { wire, price } = await priced()
    await using _ = wire
    const found = await wire.stripe.prices.retrieve(price.id, { expand: ['product'] })
    expect((found.product as Stripe.Product).name).toBe('P')
  })
  it('reaches into lists', async () => {
    const { wire } = await priced()
    await using _ = wire
    const { data } = await wire.stripe.prices.list({ expand: ['data.product'] })
    expect(data.map(({ product }) => (product as Stripe.Product).name)).toEqual(['P'])
  })
  it('leaves out what Stripe leaves out unless it is asked for', async () => {
    const { wire, price } = await priced()
    await using _ = wire
    const plain = await wire.stripe.prices.retrieve(price.id)
    const full = await wire.stripe.prices.retrieve(price.id, { expand: ['currency_options'] })
    expect([plain.currency_options, full.currency_options?.eur?.unit_amount]).toEqual([undefined, 90])
  })
  it('refuses what cannot be expanded', async () => {
    const { wire, price } = await priced()
    await using _ = wire
    const error = await errorOf(wire.stripe.prices.retrieve(price.id, { expand: ['nickname_of'] }))
    expect(error.message).toContain('cannot be expanded')
  })
})
