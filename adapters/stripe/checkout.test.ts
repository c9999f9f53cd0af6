import { expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import { customerWithCard, localStripe } from './testing/local-stripe.ts'

async function started() {
  const stripe = await localStripe()
  const { customerId } = await customerWithCard(stripe.sdk)
  const amounts = [{ amountMinor: 500, currency: currencyOf('eur') }]
  const { priceIds } = await stripe.provider.savePlan({
    ...{ key: 'basic', name: 'Basic', description: '', audience: 'viewer', features: [], rank: 1 },
    prices: [{ key: 'basic-month', interval: 'month', amounts, trialDays: null }],
  })
  const { id, url } = await stripe.provider.startCheckout({
    ...{ customerId, priceId: priceIds[0] ?? '', quantity: 1, currency: currencyOf('eur'), trialDays: null },
    ...{ meteredPriceIds: [], reference: 'bop_1', automaticTax: false, idempotencyKey: 'k' },
    ...{ successUrl: 'https://example.com/yes', cancelUrl: 'https://example.com/no' },
  })
  const expire = (checkoutId = id) => stripe.provider.expireCheckout({ checkoutId })
  return Object.assign(stripe, { id, url, expire })
}
async function pay(url: string): Promise<void> {
  const card = { number: '4242 4242 4242 4242', expiry: '12 / 34', cvc: '123' }
  const body = new URLSearchParams({ email: 'ada@example.org', name: 'Ada', country: 'DE', ...card })
  await fetch(url, { method: 'POST', body, redirect: 'manual' })
}

it('closes a checkout that is open', async () => {
  await using stripe = await started()
  await stripe.expire()
  expect((await stripe.sdk.checkout.sessions.retrieve(stripe.id)).status).toBe('expired')
})
it('takes no money for a checkout that was closed', async () => {
  await using stripe = await started()
  await stripe.expire()
  await pay(stripe.url)
  expect((await stripe.sdk.subscriptions.list({ status: 'all' })).data).toEqual([])
})
it('has nothing to close where a checkout is closed', async () => {
  await using stripe = await started()
  await stripe.expire()
  await expect(stripe.expire()).resolves.toBeUndefined()
})
it('has nothing to close where there never was a checkout', async () => {
  await using stripe = await started()
  await expect(stripe.expire('cs_test_none')).resolves.toBeUndefined()
})
it('says that a checkout was completed', async () => {
  await using stripe = await started()
  await pay(stripe.url)
  await expect(stripe.expire()).rejects.toMatchObject({ name: 'PaymentRefused', code: 'checkout-complete' })
})
