import { describe, expect, it } from 'vitest'
import { type WebhookDelivery, WebhookRefused } from '../../core/ports/payments.ts'
import { SecretMissing } from '../../core/ports/secrets.ts'
import { snapshotEvent, thinEvent } from './testing/events.ts'
import { knownSecrets, webhookSecrets } from './testing/known-secrets.ts'
import { signedDelivery } from './testing/signed-delivery.ts'
import { openWebhooks } from './webhook.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const OLD = 'whsec_old'
const NEW = 'whsec_new'
const PAID = JSON.stringify(snapshotEvent('invoice.paid', { id: 'in_1', object: 'invoice' }))

const reading = (list = webhookSecrets({ secret: OLD, notAfter: '2026-11-20T13:00:00Z' }, { secret: NEW })) =>
  openWebhooks(knownSecrets({ 'stripe-webhook': list }))
const read = (delivery: WebhookDelivery, now = NOW) => reading()(delivery, now)
const because = (delivery: WebhookDelivery) =>
  read(delivery).then(
    () => 'read',
    (error: unknown) => (error instanceof WebhookRefused ? error.because : error),
  )
const header = (value: string) => ({
  body: new TextEncoder().encode(PAID),
  headers: { 'stripe-signature': value },
})
const own = (text: string, secrets = [NEW]) => signedDelivery(text, { secrets, at: NOW })
const partsOf = (delivery: WebhookDelivery) => (delivery.headers['stripe-signature'] ?? '').split(',')

describe('webhooks of Stripe', () => {
  it('reads both forms', async () => {
    const thin = JSON.stringify(thinEvent('v1.invoice.paid', { id: 'in_1', type: 'invoice' }))
    const [one] = await read(own(PAID))
    const [other] = await read(own(thin))
    expect([one?.about, other?.about]).toEqual([other?.about, one?.about])
  })
  it('reads a snapshot whose metadata looks like a thin event', async () => {
    const odd = snapshotEvent('invoice.paid', {
      id: 'in_1',
      object: 'invoice',
      metadata: { object: 'v2.core.event' },
    })
    expect(await read(own(JSON.stringify(odd)))).toHaveLength(1)
  })
  it('takes either of two signatures during a roll of the secret', async () => {
    const delivery = signedDelivery(PAID, { secrets: ['whsec_unknown', NEW], at: NOW })
    expect(await read(delivery)).toHaveLength(1)
  })
  it('takes the old secret until its time is over', async () => {
    const at = new Date('2026-11-20T13:00:01Z')
    const old = signedDelivery(PAID, { secrets: [OLD], at })
    expect(await read(own(PAID, [OLD]))).toHaveLength(1)
    await expect(read(old, at)).rejects.toMatchObject({ because: 'signature' })
  })
  it('ignores schemes other than v1', async () => {
    expect(await because(signedDelivery(PAID, { secrets: [NEW], at: NOW, scheme: 'v0' }))).toBe('signature')
  })
  it.each(['', 't=', 't=abc,v1=00', 'v1=00', 't=1e3,v1=00', 'garbage', '='])(
    'refuses the header %j',
    async (value) => {
      expect(await because(header(value))).toBe('signature')
    },
  )
  it('refuses a second time in the header: one could be signed and the other be fresh', async () => {
    const stale = signedDelivery(PAID, { secrets: [NEW], at: new Date('2026-11-19T12:00:00Z') })
    const [signedTime, signature] = partsOf(stale)
    const [freshTime] = partsOf(own(PAID))
    const answers = [
      await because(header(`${freshTime},${signedTime},${signature}`)),
      await because(header(`${signedTime},${freshTime},${signature}`)),
    ]
    expect(answers).toEqual(['signature', 'signature'])
  })
  it('refuses bytes that are not UTF-8, which the SDK would make equal', async () => {
    const text = PAID.replace('in_1', 'in_\uFFFD')
    const delivery = own(text)
    const at = delivery.body.indexOf(0xef)
    const body = Uint8Array.of(...delivery.body.slice(0, at), 0xff, ...delivery.body.slice(at + 3))
    expect(await because({ ...delivery, body })).toBe('malformed')
  })
  it.each([
    ['is not set up', undefined],
    ['is an empty list', '[]'],
    ['has blank secrets alone', webhookSecrets({ secret: '' }, { secret: ' \n' })],
    ['has run out', webhookSecrets({ secret: NEW, notAfter: '2026-11-20T11:59:59Z' })],
    ['is no list', '{"secret":"whsec_new"}'],
    ['is no JSON', 'whsec_new'],
  ])('fails closed where the secret %s', async (_, list) => {
    const readWebhook = openWebhooks(knownSecrets(list === undefined ? {} : { 'stripe-webhook': list }))
    await expect(readWebhook(own(PAID, ['']), NOW)).rejects.toThrow(SecretMissing)
  })
  it('does not tell the secret where it cannot be read', async () => {
    const error = await reading('whsec_very_secret')(own(PAID), NOW).catch((thrown: unknown) => thrown)
    expect(`${error}${(error as Error).cause}`).not.toContain('whsec_very')
  })
  it('refuses whatever a stranger makes of a signed delivery', async () => {
    const signed = own(PAID)
    const [time = '', signature = ''] = partsOf(signed)
    const wrong = Array.from({ length: signature.length - 3 }, (_, index) => {
      const at = index + 3
      return `${signature.slice(0, at)}${signature[at] === '0' ? '1' : '0'}${signature.slice(at + 1)}`
    })
    const answers = await Promise.all(wrong.map((changed) => because(header(`${time},${changed}`))))
    expect(new Set(answers)).toEqual(new Set(['signature']))
  })
})
