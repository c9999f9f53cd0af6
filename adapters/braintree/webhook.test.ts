import { expect, it } from 'vitest'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { delivered, form, KEYS, NOW, notification, SETTINGS, secretsOf } from './testing/braintree-server.ts'
import { challengeAnswer, openWebhooks, signatureOf } from './webhook.ts'

const read = (text: string, settings: object = SETTINGS) =>
  openWebhooks(secretsOf(settings))(delivered(text), NOW)
const abouts = async (text: string) => (await read(text)).map(({ about }) => [about?.kind, about?.id])
const refusal = async (reading: Promise<unknown>) => {
  const error = await reading.catch((thrown: unknown) => thrown)
  return error instanceof WebhookRefused ? error.because : error
}
const SETTLED = notification('transaction_settled', '<transaction><id>t1</id><type>sale</type></transaction>')

it('answers a challenge as the vector of the vendor’s Node SDK does', () => {
  const key = { publicKey: 'integration_public_key', privateKey: 'integration_private_key' }
  expect(challengeAnswer('20f9f8ed05f77439fe955c977e4c8a53', key)).toBe(
    'integration_public_key|d9b899556c966b3f06945ec21311865d35df3ce4',
  )
})
it('answers nothing that is no challenge', () => {
  expect(() => challengeAnswer('bad challenge', KEYS.first)).toThrow(WebhookRefused)
})
it.each([
  ['transaction_settled', '<transaction><id>t1</id><type>sale</type></transaction>', [['payment', 't1']]],
  ['transaction_settled', '<transaction><id>t1</id><type>credit</type></transaction>', [['refund', 't1']]],
  ['transaction_disbursed', '<transaction><id>t1</id></transaction>', [['payment', 't1']]],
  [
    'dispute_opened',
    '<dispute><id>d1</id><transaction><id>t1</id></transaction></dispute>',
    [['dispute', 'd1']],
  ],
  [
    'subscription_canceled',
    '<subscription><id>s1</id><transactions type="array"></transactions></subscription>',
    [['subscription', 's1']],
  ],
  ['check', '<check type="boolean">true</check>', [[undefined, undefined]]],
  [
    'disbursement',
    '<disbursement><id>x1</id><retry type="boolean">false</retry></disbursement>',
    [[undefined, undefined]],
  ],
])('reads %s of %s', async (kind, subject, expected) => {
  expect(await abouts(notification(kind, subject))).toEqual(expected)
})
it('tells of a charged subscription, its plan and its newest payment', async () => {
  const transactions =
    '<transactions type="array"><transaction><id>t2</id></transaction><transaction><id>t1</id></transaction></transactions>'
  const subject = `<subscription><id>s1</id><plan-id>premium</plan-id>${transactions}</subscription>`
  expect(await abouts(notification('subscription_charged_successfully', subject))).toEqual([
    ['subscription', 's1'],
    ['product', 'premium'],
    ['payment', 't2'],
  ])
})
it('does not ask for a plan and a subscription under one id', async () => {
  const subject = '<subscription><id>same</id><plan-id>same</plan-id></subscription>'
  expect(await abouts(notification('subscription_canceled', subject))).toEqual([['subscription', 'same']])
})
it('takes an event of our own merchant as ours', async () => {
  const text = notification('check', '', '<source-merchant-id>merchant_1</source-merchant-id>')
  expect((await read(text))[0]?.account).toBeNull()
})
it('names the merchant of an event that is another’s', async () => {
  const text = notification('check', '', '<source-merchant-id>merchant_2</source-merchant-id>')
  expect((await read(text))[0]?.account).toBe('merchant_2')
})
it('knows live mode by the environment', async () => {
  expect((await read(SETTLED, { ...SETTINGS, environment: 'production' }))[0]?.livemode).toBe(true)
})
it('takes a payload whose last line end was lost on the way', async () => {
  const fields = fieldsOf(delivered(SETTLED))
  const cut = form({ ...fields, bt_payload: (fields.bt_payload ?? '').trimEnd() })
  expect(await openWebhooks(secretsOf(SETTINGS))(cut, NOW)).toHaveLength(1)
})
const fieldsOf = ({ body }: WebhookDelivery) =>
  Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)))
it('finds its own among the signatures of several keys', async () => {
  const fields = fieldsOf(delivered(SETTLED))
  const several = form({ ...fields, bt_signature: `other_key|0000&${fields.bt_signature}` })
  expect(await openWebhooks(secretsOf(SETTINGS))(several, NOW)).toHaveLength(1)
})
it('refuses a form without a signature', async () => {
  const { bt_payload = '' } = fieldsOf(delivered(SETTLED))
  expect(await refusal(openWebhooks(secretsOf(SETTINGS))(form({ bt_payload }), NOW))).toBe('signature')
})
it('refuses a form with two payloads', async () => {
  const { body, headers } = delivered(SETTLED)
  const twice = new TextEncoder().encode(`${new TextDecoder().decode(body)}&bt_payload=AAAA`)
  expect(await refusal(openWebhooks(secretsOf(SETTINGS))({ body: twice, headers }, NOW))).toBe('signature')
})
it('refuses a payload that is no base64 although it is signed', async () => {
  const payload = 'not, base64'
  const signature = `public_1|${signatureOf(payload, 'private-1')}`
  const given = form({ bt_signature: signature, bt_payload: payload })
  expect(await refusal(openWebhooks(secretsOf(SETTINGS))(given, NOW))).toBe('signature')
})
it('refuses a key that has ended', async () => {
  const ended = { ...SETTINGS, keys: [{ ...KEYS.first, notAfter: '2026-11-21T07:59:59Z' }, KEYS.second] }
  expect(await refusal(read(SETTLED, ended))).toBe('signature')
})
it('fails closed where all keys have ended', async () => {
  const ended = { ...SETTINGS, keys: [{ ...KEYS.first, notAfter: '2026-11-21T07:59:59Z' }] }
  await expect(read(SETTLED, ended)).rejects.toThrow(SecretMissing)
})
