import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { openReceiver, openWire } from './testing/wire.ts'

describe('webhooks of the local Stripe server', () => {
  it('are accepted by the SDK as snapshots of what has happened', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const { secret } = wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    const customer = await wire.stripe.customers.create({ name: 'Zoë\r\n' })
    await wire.server.settle()
    const [hook] = to.hooks
    const signature = hook?.headers['stripe-signature'] ?? ''
    const event = wire.stripe.webhooks.constructEvent(hook?.body ?? '', signature, secret)
    expect([
      event.type,
      (event.data.object as Stripe.Customer).name,
      (event.data.object as Stripe.Customer).id,
    ]).toEqual(['customer.created', 'Zoë\r\n', customer.id])
  })
  it('are accepted by the SDK as thin ones that lead to their object', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const { secret } = wire.server.addEndpoint({ url: to.url, form: 'thin' })
    const customer = await wire.stripe.customers.create({ name: 'A' })
    await wire.server.settle()
    const [hook] = to.hooks
    const signature = String(hook?.headers['stripe-signature'])
    const thin = wire.stripe.parseEventNotification(hook?.body ?? '', signature, secret)
    if (thin.type !== 'v1.customer.created') throw new Error(thin.type)
    expect([(await thin.fetchRelatedObject()).id, (await thin.fetchEvent()).snapshot_event]).toEqual([
      customer.id,
      wire.server.store.all('event')[0]?.id,
    ])
  })
  it('are refused by the SDK when a byte is changed', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const { secret } = wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await wire.stripe.customers.create({ name: 'A' })
    await wire.server.settle()
    const [hook] = to.hooks
    const changed = hook?.body.replace('"A"', '"B"') ?? ''
    const read = () =>
      wire.stripe.webhooks.constructEvent(changed, hook?.headers['stripe-signature'] ?? '', secret)
    expect(read).toThrow(Stripe.errors.StripeSignatureVerificationError)
  })
  it('are signed with both secrets while one is replaced by the other', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const { id, secret: old } = wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    const { secret: fresh } = wire.server.rollSecret(id)
    await wire.stripe.customers.create({ name: 'A' })
    await wire.server.settle()
    const [hook] = to.hooks
    const accepted = [old, fresh].map(
      (secret) =>
        wire.stripe.webhooks.constructEvent(hook?.body ?? '', hook?.headers['stripe-signature'] ?? '', secret)
          .type,
    )
    expect(accepted).toEqual(['customer.created', 'customer.created'])
  })
  it('are signed with the new secret alone when the time of the old one is over', async () => {
    let now = new Date('2026-05-01T00:00:00Z')
    await using to = await openReceiver()
    await using wire = await openWire({ now: () => now })
    const { id } = wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    wire.server.rollSecret(id, { overlapSeconds: 60 })
    now = new Date('2026-05-01T00:01:00Z')
    await wire.stripe.customers.create({ name: 'A' })
    await wire.server.settle()
    expect(String(to.hooks[0]?.headers['stripe-signature']).match(/v1=/g)).toHaveLength(1)
  })
  it('come again until they are taken', async () => {
    await using to = await openReceiver()
    await using wire = await openWire({ webhookRetryMs: 1 })
    to.answers.push(500, 503)
    wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await wire.stripe.customers.create({ name: 'A' })
    await expect.poll(() => wire.server.store.all('skyreel.delivery')).toEqual([])
    expect(to.hooks.map(({ body }) => JSON.parse(body).id)).toEqual(
      Array(3).fill(JSON.parse(to.hooks[0]?.body ?? '').id),
    )
  })
  it('are listed as undelivered until they are taken', async () => {
    await using to = await openReceiver()
    await using wire = await openWire({ webhookRetryMs: 3_600_000 })
    to.answers.push(500)
    wire.server.addEndpoint({ url: to.url, form: 'snapshot' })
    await wire.stripe.customers.create({ name: 'refused' })
    await wire.server.settle()
    await wire.stripe.customers.create({ name: 'taken' })
    await wire.server.settle()
    const undelivered = await wire.stripe.events.list({ delivery_success: false })
    expect(undelivered.data.map(({ data }) => (data.object as Stripe.Customer).name)).toEqual(['refused'])
  })
  it('are sent for the types alone that an endpoint asked for', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    await wire.stripe.webhookEndpoints.create({ url: to.url, enabled_events: ['product.created'] })
    await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.products.create({ name: 'P' })
    await wire.server.settle()
    expect(to.hooks.map(({ body }) => JSON.parse(body).type)).toEqual(['product.created'])
  })
  it('do not hold up the call that they tell of', async () => {
    await using wire = await openWire()
    wire.server.addEndpoint({ url: 'http://127.0.0.1:9/nobody', form: 'snapshot' })
    expect((await wire.stripe.customers.create({ name: 'A' })).name).toBe('A')
  })
  it('tell of the request that caused them', async () => {
    await using wire = await openWire()
    const customer = await wire.stripe.customers.create({ name: 'A' }, { idempotencyKey: 'order-1' })
    const [event] = (await wire.stripe.events.list()).data
    expect(event?.request).toEqual({ id: customer.lastResponse.requestId, idempotency_key: 'order-1' })
  })
  it('go to destinations made by the newer API', async () => {
    await using to = await openReceiver()
    await using wire = await openWire()
    const made = await wire.stripe.v2.core.eventDestinations.create({
      name: 'ours',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v1.customer.created'],
      webhook_endpoint: { url: to.url },
      include: ['webhook_endpoint.signing_secret'],
    })
    await wire.stripe.customers.create({ name: 'A' })
    await wire.server.settle()
    const [hook] = to.hooks
    const secret = made.webhook_endpoint?.signing_secret ?? ''
    const signature = String(hook?.headers['stripe-signature'])
    const thin = wire.stripe.parseEventNotification(hook?.body ?? '', signature, secret)
    expect(thin.type).toBe('v1.customer.created')
  })
})

describe('events of the local Stripe server', () => {
  it('say what a field was before', async () => {
    await using wire = await openWire()
    const { id } = await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.customers.update(id, { name: 'B' })
    const [event] = (await wire.stripe.events.list({ type: 'customer.updated' })).data
    expect(event?.data.previous_attributes).toEqual({ name: 'A' })
  })
  it('keep the object as it was when they happened', async () => {
    await using wire = await openWire()
    const { id } = await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.customers.update(id, { name: 'B' })
    const [event] = (await wire.stripe.events.list({ types: ['customer.created'] })).data
    expect(event?.data.object).toMatchObject({ name: 'A' })
  })
  it('are gone from the list after 30 days', async () => {
    let now = new Date('2026-05-01T00:00:00Z')
    await using wire = await openWire({ now: () => now })
    await wire.stripe.customers.create({ name: 'A' })
    now = new Date('2026-06-01T00:00:00Z')
    expect((await wire.stripe.events.list()).data).toEqual([])
  })
  it('are listed in their thin form, too', async () => {
    await using wire = await openWire()
    await wire.stripe.customers.create({ name: 'A' })
    await wire.stripe.customers.create({ name: 'B' })
    const types = []
    for await (const event of wire.stripe.v2.core.events.list({ limit: 1 })) types.push(event.type)
    expect(types).toEqual(['v1.customer.created', 'v1.customer.created'])
  })
})
