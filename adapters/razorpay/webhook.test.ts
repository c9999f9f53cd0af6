import { expect, it } from 'vitest'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { delivered, NOW, SETTINGS, seconds, secretsOf } from './testing/razorpay-server.ts'
import { openWebhooks, signatureOf } from './webhook.ts'

const event = (name: string, payload: Record<string, object>, more: object = {}): string =>
  JSON.stringify({
    ...{ entity: 'event', account_id: 'acc_1', event: name, contains: Object.keys(payload) },
    payload: Object.fromEntries(Object.entries(payload).map(([kind, entity]) => [kind, { entity }])),
    ...{ created_at: seconds(NOW), ...more },
  })
const read = (text: string, settings: object = SETTINGS, secret = 'first') =>
  openWebhooks(secretsOf(settings))(delivered(text, secret), NOW)
const abouts = async (text: string) =>
  (await read(text)).map(({ about, dedupeId }) => [about?.kind, about?.id, dedupeId])

it('signs as the vector of the vendor’s Node SDK does', () => {
  const body = new TextEncoder().encode('{"a":1,"b":2,"c":{"d":3}}')
  expect(signatureOf(body, '123456')).toBe('2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc')
})
it('tells of a charged subscription, its plan, its payment and that one’s invoice', async () => {
  const text = event('subscription.charged', {
    subscription: { id: 'sub_1', plan_id: 'plan_1' },
    payment: { id: 'pay_1', invoice_id: 'inv_1' },
  })
  expect(await abouts(text)).toEqual([
    ['subscription', 'sub_1', 'evt_1'],
    ['product', 'plan_1', 'evt_1/product'],
    ['payment', 'pay_1', 'evt_1/payment'],
    ['invoice', 'inv_1', 'evt_1/invoice'],
  ])
})
it.each([
  ['refund.processed', { refund: { id: 'rfnd_1' }, payment: { id: 'pay_1' } }, 'refund'],
  ['payment.dispute.created', { payment: { id: 'pay_1' }, dispute: { id: 'disp_1' } }, 'dispute'],
  ['invoice.paid', { invoice: { id: 'inv_1' } }, 'invoice'],
  ['order.paid', { order: { id: 'order_1' }, payment: { id: 'pay_1' } }, 'payment'],
])('reads %s as being about the %s first', async (name, payload, kind) => {
  expect((await read(event(name, payload)))[0]?.about?.kind).toBe(kind)
})
it('knows live mode by the key', async () => {
  const [first] = await read(event('payment.captured', { payment: { id: 'pay_1' } }), {
    ...SETTINGS,
    keyId: 'rzp_live_1',
  })
  expect(first?.livemode).toBe(true)
})
it('names the account of an event that is another’s', async () => {
  const [first] = await read(event('payment.captured', { payment: { id: 'pay_1' } }), {
    ...SETTINGS,
    accountId: 'acc_2',
  })
  expect(first?.account).toBe('acc_1')
})
it('takes an event that comes late', async () => {
  const text = event('payment.captured', { payment: { id: 'pay_1' } }, { created_at: seconds(NOW) - 80_000 })
  expect(await read(text)).toHaveLength(1)
})
it('refuses a secret that has ended', async () => {
  const ended = {
    ...SETTINGS,
    webhookSecrets: [{ secret: 'first', notAfter: '2026-11-21T07:59:59Z' }, { secret: 'second' }],
  }
  await expect(read(event('payment.captured', {}), ended)).rejects.toMatchObject({ because: 'signature' })
})
it('fails closed where all secrets have ended', async () => {
  const ended = { ...SETTINGS, webhookSecrets: [{ secret: 'first', notAfter: '2026-11-21T07:59:59Z' }] }
  await expect(read(event('payment.captured', {}), ended)).rejects.toThrow(SecretMissing)
})
it('fails closed where a secret is blank', async () => {
  await expect(
    read(event('payment.captured', {}), { ...SETTINGS, webhookSecrets: [{ secret: ' ' }] }, ' '),
  ).rejects.toThrow(SecretMissing)
})
it('does not repeat a malformed secret', async () => {
  const said = await read('{}', { ...SETTINGS, keyId: 'sesame' }).catch((error: unknown) => `${error}`)
  expect(said).not.toContain('sesame')
})
