import { expect, it } from 'vitest'
import { PaymentUnavailable, WebhookRefused } from '../../core/ports/payments.ts'
import { certificate } from './testing/certificates.ts'
import {
  AUTHORITIES,
  delivered,
  NOW,
  type PaypalGiven,
  paypalWith,
  SETTINGS,
  type Sending,
  SIGNER,
} from './testing/paypal-server.ts'
import { signedText } from './webhook.ts'

const event = (resource_type: string, resource: object, event_type = 'SOMETHING.HAPPENED'): string =>
  JSON.stringify({ id: 'WH-1', event_type, resource_type, create_time: NOW.toISOString(), resource })
const CAPTURED = event('capture', { id: 'C1' })

async function read(text: string, sending: Sending = {}, given: PaypalGiven = {}) {
  await using test = await paypalWith(given)
  return await test.provider.readWebhook(delivered(text, sending), NOW)
}
const refusal = async (reading: Promise<unknown>) => {
  const error = await reading.catch((thrown: unknown) => thrown)
  return error instanceof WebhookRefused ? error.because : error
}
const abouts = async (text: string) =>
  (await read(text)).map(({ about, dedupeId }) => [about?.kind, about?.id, dedupeId])

it('signs ids, time and the CRC-32 of the body', () => {
  // The check value of that CRC is 0xcbf43926: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc
  const body = new TextEncoder().encode('123456789')
  expect(signedText({ id: 'id', time: 'time' }, 'WEBHOOK', body)).toBe('id|time|WEBHOOK|3421780262')
})
it.each([
  [
    'subscription',
    { id: 'I-1', plan_id: 'P-1' },
    [
      ['subscription', 'I-1', 'WH-1'],
      ['product', 'P-1', 'WH-1/product'],
    ],
  ],
  ['sale', { id: 'S1' }, [['payment', 'S1', 'WH-1']]],
  [
    'sale',
    { id: 'R1', sale_id: 'S1' },
    [
      ['refund', 'R1', 'WH-1'],
      ['payment', 'S1', 'WH-1/payment'],
    ],
  ],
  ['dispute', { dispute_id: 'PP-D-1' }, [['dispute', 'PP-D-1', 'WH-1']]],
  ['plan', { id: 'P-1' }, [['product', 'P-1', 'WH-1']]],
  ['checkout-order', { id: 'O1' }, [[undefined, undefined, 'WH-1']]],
])('reads an event about a %s %j', async (type, resource, expected) => {
  expect(await abouts(event(type, resource))).toEqual(expected)
})
it('reads a refund and the capture that its link names', async () => {
  const links = [{ rel: 'up', href: 'https://api-m.paypal.com/v2/payments/captures/C1' }]
  expect(await abouts(event('refund', { id: 'R1', links }))).toEqual([
    ['refund', 'R1', 'WH-1'],
    ['payment', 'C1', 'WH-1/payment'],
  ])
})
it('knows live mode by the environment', async () => {
  expect((await read(CAPTURED))[0]?.livemode).toBe(false)
})
it('fetches a certificate once', async () => {
  await using test = await paypalWith()
  for (const _ of [1, 2, 3]) await test.provider.readWebhook(delivered(CAPTURED), NOW)
  expect(test.server.asked).toHaveLength(1)
})
it.each([
  'http://api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.paypal.com/v1/notifications/certs/CERT-1',
  'https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1',
  'https://evil.example/v1/notifications/certs/CERT-1',
  'https://api.sandbox.paypal.com@evil.example/v1/notifications/certs/CERT-1',
  'https://api.sandbox.paypal.com/v1/notifications/certs/../../CERT-1',
  'https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1?x',
])('does not fetch a certificate from %s', async (url) => {
  await using test = await paypalWith()
  await test.provider.readWebhook(delivered(CAPTURED, { url }), NOW).catch(() => undefined)
  expect(test.server.asked).toEqual([])
})
const { root, between } = AUTHORITIES
const NAME = 'messageverificationcerts.sandbox.paypal.com'
const FORGED = {
  'that signs itself': certificate({ name: NAME }),
  'of another name': certificate({ name: 'evil.example', by: between }),
  'of a name that only begins like it': certificate({ name: `${NAME}.evil.example`, by: between }),
  'that has ended': certificate({ name: NAME, by: between, until: new Date('2026-11-21T07:59:59Z') }),
  'signed by one that may not sign': certificate({ name: NAME, by: SIGNER }),
}
it.each(Object.entries(FORGED))('refuses a certificate %s', async (_, signer) => {
  const pem = [signer, SIGNER, between].map((one) => one.pem).join('')
  expect(await refusal(read(CAPTURED, { signer }, { pem }))).toBe('signature')
})
it('refuses a certificate of a stranger’s authority that is called like a trusted one', async () => {
  const authority = certificate({ name: root.name, ca: true })
  const signer = certificate({ name: NAME, by: authority })
  expect(await refusal(read(CAPTURED, { signer }, { pem: signer.pem + authority.pem }))).toBe('signature')
})
it('takes a certificate that a root has signed itself', async () => {
  const signer = certificate({ name: NAME, by: root })
  expect(await read(CAPTURED, { signer }, { pem: signer.pem })).toHaveLength(1)
})
it('refuses what the key of another certificate has signed', async () => {
  expect(await refusal(read(CAPTURED, { signer: certificate({ name: NAME }) }))).toBe('signature')
})
it('refuses where there is no such certificate', async () => {
  expect(await refusal(read(CAPTURED, {}, { pem: '' }))).toBe('signature')
})
it('asks for a repetition where the certificate cannot be had', async () => {
  await using test = await paypalWith()
  await test.server[Symbol.asyncDispose]()
  await expect(test.provider.readWebhook(delivered(CAPTURED), NOW)).rejects.toThrow(PaymentUnavailable)
})
it('refuses another algorithm', async () => {
  await using test = await paypalWith()
  const { body, headers } = delivered(CAPTURED)
  const other = { body, headers: { ...headers, 'paypal-auth-algo': 'SHA1withRSA' } }
  expect(await refusal(test.provider.readWebhook(other, NOW))).toBe('signature')
})
it('refuses a webhook id that has ended', async () => {
  const settings = {
    ...SETTINGS,
    webhooks: [{ id: 'WEBHOOK1', notAfter: '2026-11-21T07:59:59Z' }, { id: 'WEBHOOK2' }],
  }
  expect(await refusal(read(CAPTURED, {}, { settings }))).toBe('signature')
})
it('takes an older delivery where the settings say so', async () => {
  const settings = { ...SETTINGS, toleranceSeconds: 3600 }
  const at = new Date(NOW.getTime() - 3_000_000)
  expect(await read(CAPTURED, { at }, { settings })).toHaveLength(1)
})

const POSTBACK = { ...SETTINGS, verifyBy: 'postback' }
it('sends the event to PayPal as it came, where PayPal is asked', async () => {
  await using test = await paypalWith({ settings: POSTBACK })
  const odd = CAPTURED.replace('{', '{ "amount":1.00,\n ')
  await test.provider.readWebhook(delivered(odd), NOW)
  expect(test.server.asked.at(-1)?.body).toContain(`"webhook_id":"WEBHOOK1","webhook_event":${odd}}`)
})
it('refuses what PayPal says it has not sent', async () => {
  expect(await refusal(read(CAPTURED, {}, { settings: POSTBACK, verdict: 'FAILURE' }))).toBe('signature')
})
it.each(['{}, "transmission_id": "x"', '[1]', '7'])('does not ask PayPal about %s', async (text) => {
  await using test = await paypalWith({ settings: POSTBACK })
  await test.provider.readWebhook(delivered(text), NOW).catch(() => undefined)
  expect(test.server.asked).toEqual([])
})
