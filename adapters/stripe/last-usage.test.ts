import { describe, expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import { openStripe } from './payments.ts'
import { answering } from './testing/answering.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { customerWithCard, localStripe, NOW } from './testing/local-stripe.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: currencyOf('eur') })
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000)

async function metered() {
  let now = NOW
  const stripe = await localStripe(() => now)
  const { customerId } = await customerWithCard(stripe.sdk)
  await stripe.provider.saveMeter({ name: 'minutes', displayName: 'Minutes' })
  const { priceIds } = await stripe.provider.savePlan({
    ...{ key: 'studio', name: 'Studio', description: '', audience: 'organisation', features: [], rank: 1 },
    prices: [
      {
        ...{ key: 'studio-use', interval: 'month', amounts: [eur(0)], trialDays: null },
        ...{ meter: 'minutes', unitAmountDecimal: '50' },
      },
    ],
  })
  const items = priceIds.map((price) => ({ price }))
  const { id } = await stripe.sdk.subscriptions.create({ customer: customerId, items })
  await stripe.provider.sendUsage({ meter: 'minutes', customerId, value: '5', at: NOW, identifier: 'u1' })
  now = later(30)
  return Object.assign(stripe, { id, customerId })
}

it('a meter tells what it has counted of a customer', async () => {
  await using stripe = await metered()
  const { customerId } = stripe
  const totals = [
    { from: later(-60), to: later(60) },
    { from: later(60), to: later(120) },
  ].map((range) => stripe.provider.usageTotal({ meter: 'minutes', customerId, ...range }))
  expect(await Promise.all(totals)).toEqual(['5', '0'])
})
it('a meter that is none has no total', async () => {
  await using stripe = await metered()
  const query = { meter: 'hours', customerId: stripe.customerId, from: later(-60), to: later(60) }
  await expect(stripe.provider.usageTotal(query)).rejects.toMatchObject({ code: 'meter_missing' })
})
it('what was used is billed when a subscription is ended at once', async () => {
  await using stripe = await metered()
  await stripe.provider.cancelSubscription({ subscriptionId: stripe.id, when: 'now', idempotencyKey: 'c' })
  const invoices = await Array.fromAsync(stripe.sdk.invoices.list())
  expect(invoices.map(({ total }) => total)).toContain(250)
})

describe('a line for the draft of a last invoice', () => {
  const line = {
    ...{ customerId: 'cus_1', subscriptionId: null, invoiceId: 'in_1', money: eur(5), description: 'Use' },
    ...{ periodStart: NOW, periodEnd: NOW, reference: 'r', idempotencyKey: 'k' },
  }
  async function added(takesIt: boolean) {
    let calls = 0
    const refusal = { error: { type: 'invalid_request_error', message: 'the invoice is finalized' } }
    await using server = await answering(() =>
      takesIt || calls++ > 0 ? { status: 200, body: { id: 'ii_1' } } : { status: 400, body: refusal },
    )
    const secrets = knownSecrets({ 'stripe-key': 'sk_test_1' })
    const stripe = openStripe({ secrets, clock: { now: () => NOW }, api: server.origin })
    await stripe.addInvoiceLine(line)
    return server.asked.map(({ form, headers }) => [
      new URLSearchParams(form).get('invoice'),
      headers['idempotency-key'],
    ])
  }
  it('is put there', async () => {
    expect(await added(true)).toEqual([['in_1', 'k-draft']])
  })
  it('is put on the next invoice where that is a draft no more', async () => {
    expect(await added(false)).toEqual([
      ['in_1', 'k-draft'],
      [null, 'k'],
    ])
  })
})
