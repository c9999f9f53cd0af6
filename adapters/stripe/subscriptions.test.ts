import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import type { PlanDraft } from '../../core/billing/payment-requests.ts'
import type { SubscriptionObject } from '../../core/billing/provider-objects.ts'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import { customerWithCard, localStripe, NOW } from './testing/local-stripe.ts'

const eur = (amountMinor: number) => ({ amountMinor, currency: currencyOf('eur') })
const monthly = (key: string, amountMinor: number) =>
  ({ key: `${key}-month`, interval: 'month', amounts: [eur(amountMinor)], trialDays: null }) as const
const plan = (key: string, amountMinor: number): PlanDraft => ({
  key,
  name: key,
  description: `The plan ${key}`,
  audience: 'viewer',
  features: ['uhd', 'downloads'],
  rank: 1,
  prices: [monthly(key, amountMinor)],
})

async function subscribed({ provider, sdk }: { provider: PaymentProvider; sdk: Stripe }, card?: string) {
  const [basic = ''] = (await provider.savePlan(plan('basic', 500))).priceIds
  const [premium = ''] = (await provider.savePlan(plan('premium', 1500))).priceIds
  const { customerId } = await customerWithCard(sdk, card)
  const { id } = await sdk.subscriptions.create({ customer: customerId, items: [{ price: basic }] })
  return { id, basic, premium, customerId }
}
const fetched = async (provider: PaymentProvider, id: string) =>
  (await provider.fetch({ kind: 'subscription', id, accountId: null })) as SubscriptionObject

describe('subscriptions over the wire', () => {
  it('change at once to the new price', async () => {
    await using stripe = await localStripe()
    const { id, premium } = await subscribed(stripe)
    const change = { subscriptionId: id, priceId: premium, quantity: 1, when: 'now' } as const
    await stripe.provider.changeSubscription({ ...change, idempotencyKey: 'c1' })
    expect((await fetched(stripe.provider, id)).items[0]?.priceId).toBe(premium)
  })
  it('change at the period’s end, and tell until then what is to come', async () => {
    await using stripe = await localStripe()
    const { id, basic, premium } = await subscribed(stripe)
    const change = { subscriptionId: id, priceId: premium, quantity: 1, when: 'period-end' } as const
    await stripe.provider.changeSubscription({ ...change, idempotencyKey: 'c1' })
    const { items, pending } = await fetched(stripe.provider, id)
    expect([items[0]?.priceId, pending]).toEqual([basic, { priceId: premium, at: items[0]?.periodEnd }])
  })
  it('forget a change that is to come when they are resumed', async () => {
    await using stripe = await localStripe()
    const { id, premium } = await subscribed(stripe)
    const change = { subscriptionId: id, priceId: premium, quantity: 1, when: 'period-end' } as const
    await stripe.provider.changeSubscription({ ...change, idempotencyKey: 'c1' })
    await stripe.provider.resumeSubscription({ subscriptionId: id, idempotencyKey: 'c2' })
    expect((await fetched(stripe.provider, id)).pending).toBeNull()
  })
  it('are cancelled at the period’s end and taken back', async () => {
    await using stripe = await localStripe()
    const { id } = await subscribed(stripe)
    await stripe.provider.cancelSubscription({ subscriptionId: id, when: 'period-end', idempotencyKey: 'a' })
    const cancelled = (await fetched(stripe.provider, id)).cancelAtPeriodEnd
    await stripe.provider.resumeSubscription({ subscriptionId: id, idempotencyKey: 'b' })
    expect([cancelled, (await fetched(stripe.provider, id)).cancelAtPeriodEnd]).toEqual([true, false])
  })
  it('are cancelled once, however often that is asked', async () => {
    await using stripe = await localStripe()
    const { id } = await subscribed(stripe)
    const now = { subscriptionId: id, when: 'now', idempotencyKey: 'a' } as const
    await stripe.provider.cancelSubscription(now)
    await stripe.provider.cancelSubscription(now)
    expect((await fetched(stripe.provider, id)).status).toBe('canceled')
  })
  it('that never were cannot be cancelled', async () => {
    await using stripe = await localStripe()
    const never = { subscriptionId: 'sub_never', when: 'now', idempotencyKey: 'a' } as const
    await expect(stripe.provider.cancelSubscription(never)).rejects.toThrow(PaymentRefused)
  })
  it('preview what a change costs now and at the renewal, and change nothing', async () => {
    await using stripe = await localStripe()
    const { id, basic, premium } = await subscribed(stripe)
    const change = { subscriptionId: id, priceId: premium, quantity: 1, when: 'now' } as const
    const preview = await stripe.provider.previewChange({ ...change, at: NOW })
    const { items } = await fetched(stripe.provider, id)
    // On the first day: all of the old price back, all of the new one.
    expect([preview.dueNowMinor, preview.nextTotalMinor, preview.nextAt]).toEqual([
      1000,
      1500,
      items[0]?.periodEnd,
    ])
    expect(items[0]?.priceId).toBe(basic)
  })
  it('have an invoice that names subscription, price and payment', async () => {
    await using stripe = await localStripe()
    const { id, basic, customerId } = await subscribed(stripe)
    const [invoice] = await Array.fromAsync(stripe.provider.list('invoice'))
    expect(invoice).toMatchObject({
      customerId,
      subscriptionId: id,
      status: 'paid',
      totalMinor: 500,
      paidOutOfBand: false,
      payments: [{ amountMinor: 500, status: 'paid', paymentId: expect.stringMatching(/^pi_/) }],
      lines: [{ priceId: basic, amountMinor: 500 }],
    })
  })
  it('have a payment that names its invoice', async () => {
    await using stripe = await localStripe()
    await subscribed(stripe)
    const [invoice] = await Array.fromAsync(stripe.provider.list('invoice'))
    const [payment] = await Array.fromAsync(stripe.provider.list('payment'))
    expect(payment).toMatchObject({ invoiceId: invoice?.id })
  })
})

describe('plans over the wire', () => {
  it('are saved once, however often that is asked', async () => {
    await using stripe = await localStripe()
    const one = await stripe.provider.savePlan(plan('basic', 500))
    const other = await stripe.provider.savePlan(plan('basic', 500))
    expect(other).toEqual(one)
  })
  it('get a new price under the old key, and the old one is not sold any more', async () => {
    await using stripe = await localStripe()
    const [old = ''] = (await stripe.provider.savePlan(plan('basic', 500))).priceIds
    const [now = ''] = (await stripe.provider.savePlan(plan('basic', 600))).priceIds
    const price = (id: string) => stripe.provider.fetch({ kind: 'price', id, accountId: null })
    expect([await price(old), await price(now)]).toMatchObject([
      { active: false, lookupKey: null },
      { active: true, lookupKey: 'basic-month', unitAmountMinor: 600 },
    ])
  })
  it('name the meter of a metered price', async () => {
    await using stripe = await localStripe()
    await stripe.provider.saveMeter({ name: 'minutes', displayName: 'Minutes' })
    await stripe.provider.saveMeter({ name: 'minutes', displayName: 'Minutes' })
    const metered = { ...monthly('usage', 0), meter: 'minutes', unitAmountDecimal: '0.25' }
    const { priceIds } = await stripe.provider.savePlan({ ...plan('usage', 0), prices: [metered] })
    const price = await stripe.provider.fetch({ kind: 'price', id: priceIds[0] ?? '', accountId: null })
    expect(price).toMatchObject({ meter: 'minutes', unitAmountDecimal: '0.25', unitAmountMinor: null })
  })
  it('are not sold for nothing in a second currency beside an amount finer than a minor unit', async () => {
    await using stripe = await localStripe()
    const amounts = [eur(0), { amountMinor: 0, currency: currencyOf('usd') }]
    const fine = { ...monthly('usage', 0), amounts, unitAmountDecimal: '0.25' }
    const saved = stripe.provider.savePlan({ ...plan('usage', 0), prices: [fine] })
    await expect(saved).rejects.toMatchObject({ name: 'PaymentRefused', code: 'price_currencies' })
  })
  it('take usage once by its identifier', async () => {
    await using stripe = await localStripe()
    await stripe.provider.saveMeter({ name: 'minutes', displayName: 'Minutes' })
    const { customerId } = await customerWithCard(stripe.sdk)
    const usage = { meter: 'minutes', customerId, value: '5', at: NOW, identifier: 'u1' }
    await stripe.provider.sendUsage(usage)
    await stripe.provider.sendUsage(usage)
    const [meter] = (await stripe.sdk.billing.meters.list()).data
    const range = {
      customer: customerId,
      start_time: NOW.getTime() / 1000 - 60,
      end_time: NOW.getTime() / 1000 + 60,
    }
    const summaries = await stripe.sdk.billing.meters.listEventSummaries(meter?.id ?? '', range)
    expect(summaries.data.map((summary) => summary.aggregated_value)).toEqual([5])
  })
})

describe('pages and endpoints over the wire', () => {
  it('opens a checkout that names our operation', async () => {
    await using stripe = await localStripe()
    const { basic, customerId } = await subscribed(stripe)
    const { id, url } = await stripe.provider.startCheckout({
      customerId,
      priceId: basic,
      quantity: 1,
      currency: currencyOf('eur'),
      trialDays: 7,
      meteredPriceIds: [],
      successUrl: 'http://localhost:1/ok',
      cancelUrl: 'http://localhost:1/no',
      reference: 'bop_1',
      automaticTax: false,
      idempotencyKey: 'k',
    })
    expect(url).toMatch(/^http/)
    expect(await stripe.provider.fetch({ kind: 'checkout', id, accountId: null })).toMatchObject({
      reference: 'bop_1',
      status: 'open',
      paymentStatus: 'unpaid',
      customerId,
    })
  })
  it('detaches a payment method, and succeeds where it is detached', async () => {
    await using stripe = await localStripe()
    const { methodId } = await customerWithCard(stripe.sdk)
    await stripe.provider.detachPaymentMethod(methodId)
    await stripe.provider.detachPaymentMethod(methodId)
    expect(
      await stripe.provider.fetch({ kind: 'payment-method', id: methodId, accountId: null }),
    ).toMatchObject({ customerId: null })
  })
})
