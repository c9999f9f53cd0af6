import { describe, expect, it } from 'vitest'
import { testContext } from '../../adapters/local/testing/column.ts'
import { type InboxColumn, openInbox } from '../../adapters/local/testing/inbox.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { createRouter } from '../http/router.ts'
import { aRequest, jsonOf } from '../http/testing/request.ts'
import { SecretMissing } from '../ports/secrets.ts'
import { drainInbox } from './drain.ts'
import { WEBHOOK_MAX_BYTES } from './receive.ts'
import { receiveBusEvent } from './receive-bus.ts'
import { paymentWebhookRoutes, stripeWebhookRoutes } from './routes.ts'
import { anEvent, delivered } from './testing/provider.ts'

const router = createRouter([...stripeWebhookRoutes, ...paymentWebhookRoutes], async () => undefined)

async function post(
  column: InboxColumn,
  { body, headers }: { body: Uint8Array; headers: Record<string, string> },
  path = '/webhooks/stripe',
) {
  const log = memoryLog()
  const answer = await router.handle(
    aRequest('POST', path, { body, headers }),
    column.ports,
    testContext(log),
  )
  return { ...answer, lines: log.lines }
}
const json = { 'content-type': 'application/json' }

describe('a webhook', () => {
  it('is kept and answered 200', async () => {
    await using column = await openInbox()
    const { status } = await post(column, delivered(anEvent({ eventId: 'evt_a' })))
    expect([status, await column.states()]).toEqual([200, ['evt_a received']])
  })
  it('is kept with its payload and the hash of its bytes', async () => {
    await using column = await openInbox()
    await post(column, delivered(anEvent({ eventId: 'evt_a' })))
    const [row] = await column.rows()
    expect([row?.payload, row?.payloadHash]).toEqual([
      [expect.objectContaining({ eventId: 'evt_a' })],
      expect.stringMatching(/^[0-9a-f]{64}$/),
    ])
  })
  it.each(['a\u0000b', '\ud800', 'Zoë\r\n'])('with %j in it is kept', async (type) => {
    await using column = await openInbox()
    const event = { ...anEvent({ eventId: 'evt_a' }), note: type }
    const body = new TextEncoder().encode(JSON.stringify([event]))
    await post(column, { body, headers: { ...json, signature: 'good' } })
    expect(await column.states()).toEqual(['evt_a received'])
  })
  it('does not call the provider', async () => {
    await using column = await openInbox()
    await post(column, delivered(anEvent()))
    expect(column.provider.fetched).toEqual([])
  })
  it('tells the bus that something waits', async () => {
    await using column = await openInbox()
    await post(column, delivered(anEvent()))
    expect(column.events.map(({ type, data }) => [type, data])).toEqual([
      ['billing.webhook.received', { provider: 'stripe' }],
    ])
  })
  it('is kept when the bus is down', async () => {
    const bus = { publish: () => Promise.reject(new Error('down')) }
    await using column = await openInbox({ ports: { bus } })
    expect((await post(column, delivered(anEvent()))).status).toBe(200)
  })
  it('that comes in a flood wakes one worker in 200 ms', async () => {
    await using column = await openInbox()
    for (let n = 0; n < 5; n += 1) await column.send(anEvent())
    column.clock.advance(200)
    await column.send(anEvent())
    expect(column.events).toHaveLength(2)
  })
  it('of an unknown type is kept and done', async () => {
    await using column = await openInbox()
    const { status } = await post(
      column,
      delivered(anEvent({ eventId: 'evt_a', type: 'new.thing', about: null })),
    )
    expect([status, await column.states(), column.events]).toEqual([200, ['evt_a done'], []])
  })
  it('with several events is kept as several', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_a' }), anEvent({ eventId: 'evt_b', about: null }))
    expect((await column.states()).sort()).toEqual(['evt_a received', 'evt_b done'])
  })
})

describe('a webhook that comes again', () => {
  it('is one row', async () => {
    await using column = await openInbox()
    const event = anEvent({ eventId: 'evt_a' })
    const answers = [await column.send(event), await column.send(event, event)]
    expect([answers, await column.states()]).toEqual([[200, 200], ['evt_a received']])
  })
  it('in its other form is one row', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ eventId: 'evt_snapshot', dedupeId: 'evt_snapshot' }))
    await column.send(anEvent({ eventId: 'evt_thin', dedupeId: 'evt_snapshot' }))
    expect(await column.states()).toEqual(['evt_snapshot received'])
  })
  it('sixteen times at once is one row', async () => {
    await using column = await openInbox()
    const event = anEvent({ eventId: 'evt_a' })
    await Promise.all(Array.from({ length: 16 }, () => column.send(event)))
    expect(await column.states()).toEqual(['evt_a received'])
  })
  it('wakes a worker again while it waits', async () => {
    await using column = await openInbox()
    const event = anEvent()
    await column.send(event)
    column.clock.advance(1000)
    await column.send(event)
    expect(column.events).toHaveLength(2)
  })
  it('wakes nobody once it is done', async () => {
    await using column = await openInbox()
    const event = anEvent()
    await column.send(event)
    await drainInbox(column.ports, column.ctx, column)
    column.clock.advance(1000)
    await column.send(event)
    expect(column.events).toHaveLength(1)
  })
  it('when it is dead stays for the operator', async () => {
    await using column = await openInbox()
    const event = anEvent({ eventId: 'evt_a' })
    await column.send(event)
    await column.ports.db.execute(`update webhook_inbox set state = 'dead'`)
    column.clock.advance(1000)
    await column.send(event)
    expect([await column.states(), column.events.length]).toEqual([['evt_a dead'], 1])
  })
})

describe('a webhook that is refused', () => {
  const forged = {
    body: new TextEncoder().encode('[{"secret":"of-the-sender"}]'),
    headers: { ...json, signature: 'bad' },
  }
  it('is answered 400', async () => {
    await using column = await openInbox()
    const answer = await post(column, forged)
    expect(jsonOf(answer)).toMatchObject({ status: 400, code: 'webhook-refused' })
  })
  it('is not repeated in the answer or the log', async () => {
    await using column = await openInbox()
    const { body, lines } = await post(column, forged)
    expect(JSON.stringify([body, lines])).not.toContain('of-the-sender')
  })
  it('is counted with its reason', async () => {
    await using column = await openInbox()
    const { lines } = await post(column, forged)
    expect(lines.map(({ fields }) => fields)).toEqual([
      { metric: 'webhook-refused', provider: 'stripe', because: 'signature' },
    ])
  })
  it('leaves no row', async () => {
    await using column = await openInbox()
    await post(column, forged)
    expect(await column.rows()).toEqual([])
  })
  it('for its size is answered 413 before it is verified', async () => {
    await using column = await openInbox()
    const body = new Uint8Array(WEBHOOK_MAX_BYTES + 1)
    expect((await post(column, { body, headers: forged.headers })).status).toBe(413)
  })
  it('for want of a secret is answered 503', async () => {
    await using column = await openInbox()
    column.provider.readWebhook = () => Promise.reject(new SecretMissing('stripe-webhook'))
    expect(jsonOf(await post(column, delivered(anEvent())))).toMatchObject({
      status: 503,
      code: 'provider-not-set-up',
    })
  })
  it.each([
    ['/webhooks/braintree', 'application/json', 415],
    ['/webhooks/braintree', 'application/x-www-form-urlencoded', 400],
    ['/webhooks/paypal', 'application/json; charset=utf-8', 400],
    ['/webhooks/razorpay', 'application/json', 400],
  ])('at %s as %s is %i', async (path, type, status) => {
    await using column = await openInbox()
    const answer = await post(column, { body: forged.body, headers: { 'content-type': type } }, path)
    expect(answer.status).toBe(status)
  })
})

describe('a webhook that is not for us', () => {
  const quarantined = (facts: Parameters<typeof anEvent>[0]) => async () => {
    await using column = await openInbox({ config: { billingAccount: 'acct_ours' } })
    const status = await column.send(anEvent({ eventId: 'evt_a', ...facts }))
    return [status, await column.states(), column.events.length]
  }
  it('but for real money is put aside and answered 200', async () => {
    expect(await quarantined({ livemode: true })()).toEqual([200, ['evt_a quarantined'], 0])
  })
  it('but for another account is put aside and answered 200', async () => {
    expect(await quarantined({ account: 'acct_other' })()).toEqual([200, ['evt_a quarantined'], 0])
  })
  it('is one for our own account', async () => {
    expect(await quarantined({ account: 'acct_ours' })()).toEqual([200, ['evt_a received'], 1])
  })
  it('is never processed', async () => {
    await using column = await openInbox()
    await column.send(anEvent({ livemode: true }))
    await drainInbox(column.ports, column.ctx, column)
    expect(column.provider.fetched).toEqual([])
  })
})

describe('an event of a cloud’s event bus', () => {
  it('is the same row as the webhook of it', async () => {
    await using column = await openInbox()
    const event = anEvent({ eventId: 'evt_a' })
    await receiveBusEvent(column.ports, column.ctx, { provider: 'stripe', payload: [event] })
    await column.send(event)
    expect((await column.rows()).map(({ eventId, source }) => [eventId, source])).toEqual([['evt_a', 'bus']])
  })
  it('of no provider is dropped', async () => {
    await using column = await openInbox()
    const verdict = await receiveBusEvent(column.ports, column.ctx, { provider: 'nobody', payload: [] })
    expect(verdict.is).toBe('drop')
  })
})
