import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { toWire } from '../../core/run/wire-event.ts'
import type { EventOf } from '../../events/catalog.ts'
import type { FunctionsHost } from './testing/functions-host.ts'
import { openFixture, seenBy } from './testing/functions-host-bundle.ts'

let host: FunctionsHost
beforeAll(async () => {
  host = await openFixture()
})
afterAll(() => host.stop())

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
let made = 0
/** An event of its own for each test; the fixture's consumer does what its subject says. */
function anEvent(subject: string, id = `evt_${1000 + ++made}`): EventOf<'video.deleted'> {
  const time = '2026-01-02T03:04:05.678Z'
  const data = { videoId: 'vid_1' }
  return { id, type: 'video.deleted', source: '/skyreel/outbox', subject, time, data, traceparent: TRACE }
}
const cloudEvent = (event: EventOf<'video.deleted'>) => ({
  ...{ specversion: '1.0', id: event.id, type: event.type, source: event.source, time: event.time },
  data: toWire(event),
})
const queued = (text: string, count = 1) =>
  host.invoke({ name: 'queue', data: { string: text }, metadata: { DequeueCount: { json: String(count) } } })
const fromGrid = (native: unknown) => host.invoke({ name: 'grid', data: { json: JSON.stringify(native) } })
const hook = (native: unknown, headers: Record<string, string> = { 'aeg-event-type': 'Notification' }) =>
  fetch(`${host.url}/hook`, { method: 'POST', headers, body: JSON.stringify(native) })
const webhook = (native: unknown, type = 'Notification') =>
  fetch(`${host.url}/runtime/webhooks/eventgrid?functionName=grid`, {
    ...{ method: 'POST', headers: { 'aeg-event-type': type } },
    body: JSON.stringify(native),
  })
const seen = async (what: 'consumed' | 'kept' | 'postponed', holds: string) =>
  (await seenBy(host)).filter((one) => JSON.stringify(one[what] ?? '').includes(holds))

describe('a message of a storage queue', () => {
  it('is handled with its count of deliveries and its own trace', async () => {
    const event = anEvent('done')
    await queued(JSON.stringify(toWire(event)), 3)
    expect(await seen('consumed', event.id)).toEqual([{ consumed: event, attempt: 3, traceparent: TRACE }])
  })
  it.each(['89e7073266', '35732122e2', '1234567890123456789', '{"a":"{\\"b\\":1}"}'])(
    'arrives whole with the id %s',
    async (id) => {
      const event = anEvent('done', id)
      await queued(JSON.stringify(toWire(event)))
      expect(await seen('consumed', JSON.stringify(id))).toMatchObject([{ consumed: event }])
    },
  )
  it('that was put there by Event Grid is handled', async () => {
    const event = anEvent('done')
    await queued(JSON.stringify(cloudEvent(event)))
    expect(await seen('consumed', event.id)).toMatchObject([{ consumed: event, attempt: 1 }])
  })
  it('is delivered again when the consumer asks for it', async () => {
    const { error } = await queued(JSON.stringify(toWire(anEvent('retry'))))
    expect(error).toMatchObject({ name: 'DeliverAgain' })
  })
  it('is delivered again when the consumer throws', async () => {
    const { error } = await queued(JSON.stringify(toWire(anEvent('throw'))))
    expect(error?.message).toBe('the database cannot be reached')
  })
  it('is put off by the outbox when the consumer names a delay', async () => {
    const event = anEvent('later')
    const { error } = await queued(JSON.stringify(toWire(event)))
    expect([error, await seen('postponed', event.id)]).toEqual([
      undefined,
      [{ postponed: event, afterSeconds: 90 }],
    ])
  })
  it('is done when the consumer drops it', async () => {
    expect((await queued(JSON.stringify(toWire(anEvent('drop'))))).error).toBeUndefined()
  })
  it('that is no event is kept and done', async () => {
    const { error } = await queued('what is this')
    expect([error, await seen('kept', 'what is this')]).toMatchObject([
      undefined,
      [{ kept: { encoding: 'utf8' } }],
    ])
  })
  it('that is an empty list is kept and done', async () => {
    await queued('[]')
    expect(await seen('kept', '[]')).toMatchObject([{ kept: { body: '[]' } }])
  })
  it('of bytes that are no text is kept as base64', async () => {
    await host.invoke({ name: 'queue', data: { bytes: Buffer.from('fffe80', 'hex') } })
    expect(await seen('kept', '//6A')).toMatchObject([{ kept: { body: '//6A', encoding: 'base64' } }])
  })
})

describe('an event of Event Grid', () => {
  it('is handled without a count, which is not told', async () => {
    const event = anEvent('done')
    await fromGrid(cloudEvent(event))
    expect(await seen('consumed', event.id)).toEqual([{ consumed: event, traceparent: TRACE }])
  })
  it('of a batch is handled although another must come again', async () => {
    const events = [anEvent('retry'), anEvent('done')]
    const { error } = await fromGrid(events.map(cloudEvent))
    expect([error?.name, await seen('consumed', events[1]?.id ?? '')]).toMatchObject(['DeliverAgain', [{}]])
  })
  it('in a batch of which two must come again is told of with the other', async () => {
    const { error } = await fromGrid([anEvent('retry'), anEvent('throw')].map(cloudEvent))
    expect(error?.message).toBe('2 events must be delivered again')
  })
  it('comes by the address of the extension', async () => {
    const event = anEvent('done')
    const { status } = await webhook([cloudEvent(event)])
    expect([status, await seen('consumed', event.id)]).toMatchObject([202, [{ consumed: event }]])
  })
  it('is asked for again by the address of the extension', async () => {
    expect((await webhook([cloudEvent(anEvent('retry'))])).status).toBe(500)
  })
  it('that is none of ours is kept and done', async () => {
    const { error } = await fromGrid({ specversion: '1.0', type: 'com.example', data: 'not-ours-1' })
    expect([error, (await seen('kept', 'not-ours-1')).length]).toEqual([undefined, 1])
  })
})

describe('the web hook for Event Grid', () => {
  it('answers the handshake of Event Grid', async () => {
    const data = { validationCode: '512d38b6', validationUrl: 'https://rp.eventgrid.azure.net/validate' }
    const event = { eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data }
    const answer = await hook([event], { 'aeg-event-type': 'SubscriptionValidation' })
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: '512d38b6' }])
  })
  it('answers the handshake of CloudEvents', async () => {
    const headers = { 'webhook-request-origin': 'eventgrid.azure.net' }
    const answer = await fetch(`${host.url}/hook`, { method: 'OPTIONS', headers })
    expect([answer.status, answer.headers.get('webhook-allowed-origin')]).toEqual([
      200,
      'eventgrid.azure.net',
    ])
  })
  it('hands a batch of two to the consumer', async () => {
    const events = [anEvent('done'), anEvent('drop')]
    const { status } = await hook(events.map(cloudEvent))
    const handled = await Promise.all(events.map(({ id }) => seen('consumed', `"${id}"`)))
    expect([status, handled.map((one) => one.length)]).toEqual([200, [1, 1]])
  })
  it.each(['retry', 'throw'])('answers 503 where the consumer says %s', async (subject) => {
    expect((await hook([cloudEvent(anEvent(subject))])).status).toBe(503)
  })
  it('keeps what is no JSON and answers 200, for 400 would drop it', async () => {
    const { status } = await fetch(`${host.url}/hook`, { method: 'POST', body: '{"broken-1' })
    expect([status, (await seen('kept', 'broken-1')).length]).toEqual([200, 1])
  })
})

describe('a schedule', () => {
  it('runs when its timer fires', async () => {
    await host.invoke({ name: 'tick', data: { json: '{"IsPastDue":false}' } })
    expect(await seenBy(host)).toContainEqual({ ran: 'tick' })
  })
})
