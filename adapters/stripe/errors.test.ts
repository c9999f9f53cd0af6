import { describe, expect, it } from 'vitest'
import { PaymentRefused, PaymentUnavailable } from '../../core/ports/payments.ts'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { knownSecrets } from './testing/known-secrets.ts'

const clock = { now: () => new Date('2026-11-20T12:00:00Z') }
const secrets = knownSecrets({ 'stripe-key': 'sk_test_1' })
const ref = (kind: 'customer' | 'product' | 'payee-account', id: string) => ({ kind, id, accountId: null })

async function failing(status: number, error: Record<string, unknown>) {
  await using server = await answering(() => ({ status, body: { error } }))
  const stripe = openStripe({ secrets, clock, api: server.origin, maxNetworkRetries: 0 })
  return await stripe
    .payInvoice({ invoiceId: 'in_1', idempotencyKey: 'k' })
    .catch((thrown: unknown) => thrown)
}

describe('errors of Stripe', () => {
  it.each([
    [402, { type: 'card_error', code: 'card_declined', message: 'Declined.' }, 'card_declined'],
    [400, { type: 'invalid_request_error', code: 'amount_too_large', message: 'No.' }, 'amount_too_large'],
    [400, { type: 'idempotency_error', message: 'Other parameters.' }, 'idempotency_error'],
  ])('%i %j is refused in its own words', async (status, error, code) => {
    expect(await failing(status, error)).toMatchObject({
      name: 'PaymentRefused',
      code,
      message: error.message,
    })
  })
  it('names the parameter that it is about, and keeps the cause', async () => {
    const error = {
      type: 'invalid_request_error',
      code: 'parameter_missing',
      param: 'amount',
      message: 'No.',
    }
    expect(await failing(400, error)).toMatchObject({ param: 'amount', cause: { statusCode: 400 } })
  })
  it.each([
    [401, { type: 'invalid_request_error', message: 'Invalid API Key.' }],
    [403, { type: 'invalid_request_error', message: 'The key rk_live_***1 lacks a permission.' }],
    [409, { type: 'invalid_request_error', code: 'idempotency_key_in_use', message: 'Wait.' }],
    [429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Slow down.' }],
    [500, { type: 'api_error', message: 'Sorry.' }],
  ])('%i may succeed later', async (status, error) => {
    expect(await failing(status, error)).toBeInstanceOf(PaymentUnavailable)
  })
  it('a server that is not there may answer later', async () => {
    const stripe = openStripe({ secrets, clock, api: 'http://127.0.0.1:9', maxNetworkRetries: 0 })
    await expect(stripe.fetch(ref('customer', 'cus_1'))).rejects.toThrow(PaymentUnavailable)
  })
  it('errors while a list is read are told like others', async () => {
    await using server = await answering(() => ({ status: 500, body: { error: { type: 'api_error' } } }))
    const stripe = openStripe({ secrets, clock, api: server.origin, maxNetworkRetries: 0 })
    await expect(Array.fromAsync(stripe.list('product'))).rejects.toThrow(PaymentUnavailable)
  })
})

describe('what is gone', () => {
  it.each([
    ['is deleted', 200, { id: 'cus_1', object: 'customer', deleted: true }],
    [
      'never was',
      404,
      { error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such.' } },
    ],
    [
      'has left',
      403,
      { error: { type: 'invalid_request_error', code: 'account_invalid', message: 'No access.' } },
    ],
  ])('is told where it %s', async (_, status, body) => {
    await using server = await answering(() => ({ status, body }))
    const stripe = openStripe({ secrets, clock, api: server.origin, maxNetworkRetries: 0 })
    expect(await stripe.fetch(ref('customer', 'cus_1'))).toEqual({ ...ref('customer', 'cus_1'), gone: true })
  })
  it('is not told of a part that is missing: the whole would be lost', async () => {
    const missing = {
      error: { type: 'invalid_request_error', code: 'resource_missing', message: 'No such.' },
    }
    const intent = { id: 'pi_1', object: 'payment_intent' }
    await using server = await answering((line) =>
      line.includes('payment_intents') ? { status: 200, body: intent } : { status: 404, body: missing },
    )
    const stripe = openStripe({ secrets, clock, api: server.origin, maxNetworkRetries: 0 })
    await expect(stripe.fetch({ kind: 'payment', id: 'pi_1', accountId: null })).rejects.toThrow(
      PaymentRefused,
    )
  })
})

describe('requests', () => {
  it('pin the version and carry the key', async () => {
    await using server = await answering(() => ({ status: 200, body: { id: 'in_1', object: 'invoice' } }))
    const stripe = openStripe({ secrets, clock, api: server.origin })
    await stripe.payInvoice({ invoiceId: 'in_1', idempotencyKey: 'intent-1' })
    expect(server.asked[0]?.headers).toMatchObject({
      'stripe-version': '2026-10-28.endive',
      'idempotency-key': 'intent-1',
    })
  })
  it('are sent in the name of the payee whose payout it is', async () => {
    const missing = { error: { type: 'invalid_request_error', code: 'resource_missing' } }
    await using server = await answering(() => ({ status: 404, body: missing }))
    const stripe = openStripe({ secrets, clock, api: server.origin })
    await stripe.fetch({ kind: 'payout', id: 'po_1', accountId: 'acct_p' })
    expect(server.asked[0]?.headers['stripe-account']).toBe('acct_p')
  })
  it('take a key that was changed', async () => {
    let key = 'sk_test_1'
    await using server = await answering(() => ({ status: 200, body: { id: 'in_1', object: 'invoice' } }))
    const changing = { get: async () => key }
    const stripe = openStripe({ secrets: changing, clock, api: server.origin })
    await stripe.payInvoice({ invoiceId: 'in_1', idempotencyKey: 'a' })
    key = 'sk_test_2'
    await stripe.payInvoice({ invoiceId: 'in_1', idempotencyKey: 'b' })
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      'Bearer sk_test_1',
      'Bearer sk_test_2',
    ])
  })
})
