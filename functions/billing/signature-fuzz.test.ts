import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { snapshotEvent } from '../../adapters/stripe/testing/events.ts'
import { signedDelivery } from '../../adapters/stripe/testing/signed-delivery.ts'
import type { WebhookDelivery } from '../../core/ports/payments.ts'
import { WEBHOOK_MAX_BYTES } from '../../core/webhooks/receive.ts'
import { webhookInbox } from '../../core/webhooks/schema.ts'
import { openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let open: TestPlatform
let secret = ''
beforeAll(async () => {
  open = await openTestPlatform()
  const list = JSON.parse(await open.platform.ports.secrets.get('stripe-webhook')) as { secret: string }[]
  secret = list.at(-1)?.secret ?? ''
})
afterAll(() => open[Symbol.asyncDispose]())

const HOUR_MS = 3_600_000
let events = 0
/** A new one each time: a repetition is answered alike whether it was kept or not. */
const anEvent = (more: object = {}) => {
  const file = { id: `file_${++events}`, object: 'file', title: 'Zoë, 映画 🎬', ...more }
  return { ...snapshotEvent('file.created', file), id: `evt_${events}` }
}
const bytesOf = (text: string) => new TextEncoder().encode(text)
const aBody = () => bytesOf(JSON.stringify(anEvent()))
const sign = (body: Uint8Array, secrets = [secret], at = new Date()) => signedDelivery(body, { secrets, at })

async function send({ body, headers }: WebhookDelivery, more: Record<string, string> = {}): Promise<number> {
  const init = { method: 'POST', body: body as Uint8Array<ArrayBuffer> }
  const all = {
    'content-type': 'application/json; charset=utf-8',
    ...(headers as Record<string, string>),
    ...more,
  }
  return (await fetch(`${open.platform.origin}/webhooks/stripe`, { ...init, headers: all })).status
}
const headed = ({ body }: WebhookDelivery, value: string): WebhookDelivery => ({
  body,
  headers: { 'stripe-signature': value },
})
const headerOf = ({ headers }: WebhookDelivery) => headers['stripe-signature'] ?? ''
const rows = async () => (await open.platform.ports.db.select().from(webhookInbox)).length

describe('a webhook whose signature holds', () => {
  const signed: readonly (readonly [string, () => WebhookDelivery])[] = [
    ['as it is', () => sign(aBody())],
    ['with CRLF', () => sign(bytesOf(JSON.stringify(anEvent(), undefined, 2).replaceAll('\n', '\r\n')))],
    ['with one of several v1 right', () => sign(aBody(), ['whsec_another', secret, 'whsec_third'])],
    [
      'with another scheme beside v1',
      () => {
        const delivery = sign(aBody())
        return headed(delivery, `${headerOf(delivery)},v0=${'0'.repeat(64)},v2=x`)
      },
    ],
    [
      'with a clock that is four minutes slow',
      () => sign(aBody(), [secret], new Date(Date.now() - HOUR_MS / 15)),
    ],
  ]
  it.each(signed)('%s is kept', async (_, delivery) => {
    const before = await rows()
    expect([await send(delivery()), await rows()]).toEqual([200, before + 1])
  })
})

describe('a webhook whose signature does not hold', () => {
  const wrong: readonly (readonly [string, () => WebhookDelivery])[] = [
    ['of another secret', () => sign(aBody(), ['whsec_another'])],
    ['of an empty secret', () => sign(aBody(), [''])],
    ['of an hour ago', () => sign(aBody(), [secret], new Date(Date.now() - HOUR_MS))],
    ['of an hour to come', () => sign(aBody(), [secret], new Date(Date.now() + HOUR_MS))],
    [
      'of no scheme but v0',
      () => signedDelivery(aBody(), { secrets: [secret], at: new Date(), scheme: 'v0' }),
    ],
    ['without a header', () => ({ body: aBody(), headers: {} })],
    [
      'cut at its end',
      () => {
        const delivery = sign(aBody())
        return headed(delivery, headerOf(delivery).slice(0, -1))
      },
    ],
    [
      'with a body cut at its end',
      () => {
        const { body, headers } = sign(aBody())
        return { body: body.slice(0, -1), headers }
      },
    ],
    [
      'with a byte order mark put before it',
      () => {
        const { body, headers } = sign(aBody())
        return { body: Uint8Array.of(0xef, 0xbb, 0xbf, ...body), headers }
      },
    ],
    [
      'with its LF made CRLF',
      () => {
        const { headers, body } = sign(bytesOf(JSON.stringify(anEvent(), undefined, 2)))
        return { headers, body: bytesOf(new TextDecoder().decode(body).replaceAll('\n', '\r\n')) }
      },
    ],
    [
      'packed after it was signed',
      () => {
        const { body, headers } = sign(aBody())
        return { body: gzipSync(body), headers }
      },
    ],
  ]
  it.each(wrong)('%s is answered 400 and not kept', async (_, delivery) => {
    const before = await rows()
    expect([await send(delivery()), await rows()]).toEqual([400, before])
  })

  it('with any one byte of its body changed is refused', async () => {
    const { body, headers } = sign(bytesOf(JSON.stringify({ id: 'evt_1', object: 'event', type: 'é' })))
    const taken: number[] = []
    for (const at of body.keys()) {
      const changed = body.with(at, (body[at] ?? 0) ^ (1 << (at % 8)))
      if ((await send({ body: changed, headers })) !== 400) taken.push(at)
    }
    expect(taken).toEqual([])
  })

  it('with any one letter of its signature changed is refused', async () => {
    const delivery = sign(aBody())
    const header = headerOf(delivery)
    const taken: number[] = []
    for (let at = header.indexOf('v1=') + 3; at < header.length; at += 1) {
      const letter = header[at] === '0' ? '1' : '0'
      const changed = header.slice(0, at) + letter + header.slice(at + 1)
      if ((await send(headed(delivery, changed))) !== 400) taken.push(at)
    }
    expect(taken).toEqual([])
  })
})

it('answers 413 to more than any event has, signed or not', async () => {
  const body = bytesOf(JSON.stringify(anEvent({ title: 'x'.repeat(WEBHOOK_MAX_BYTES) })))
  expect([await send(sign(body)), await send(sign(body, ['whsec_another']))]).toEqual([413, 413])
})
