import { expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import type { ObjectKind } from '../../core/billing/provider-objects.ts'
import { customerWithCard, localStripe, NOW, pay } from './testing/local-stripe.ts'

const ref = (kind: ObjectKind, id: string, accountId: string | null = null) => ({ kind, id, accountId })
const eur = (amountMinor: number) => ({ amountMinor, currency: currencyOf('eur') })

it('refunds tell what they took from the balance', async () => {
  await using stripe = await localStripe()
  const { paymentId } = await pay(stripe.sdk)
  const wanted = { paymentId, amountMinor: 400, reason: 'duplicate', idempotencyKey: 'r' } as const
  const { id } = await stripe.provider.refund(wanted)
  expect(await stripe.provider.fetch(ref('refund', id))).toMatchObject({
    paymentId,
    amountMinor: 400,
    status: 'succeeded',
    balance: [{ amountMinor: -400, feeMinor: 0 }],
  })
})
it('a charge’s id finds its payment', async () => {
  await using stripe = await localStripe()
  const { paymentId } = await pay(stripe.sdk)
  const { latest_charge: charge } = await stripe.sdk.paymentIntents.retrieve(paymentId)
  expect(await stripe.provider.fetch(ref('payment', String(charge)))).toMatchObject({ id: paymentId })
})
it('disputes tell what they took', async () => {
  await using stripe = await localStripe()
  const { customerId, methodId } = await customerWithCard(stripe.sdk, 'pm_card_createDispute')
  const asked = {
    amount: 1000,
    currency: 'eur',
    customer: customerId,
    payment_method: methodId,
    confirm: true,
  }
  const { id } = await stripe.sdk.paymentIntents.create({ ...asked, off_session: true })
  const [dispute] = await Array.fromAsync(stripe.provider.list('dispute'))
  const payment = await stripe.provider.fetch(ref('payment', id))
  expect([dispute, payment]).toMatchObject([
    { paymentId: id, amountMinor: 1000, balance: [{ amountMinor: -1000 }] },
    { disputed: true },
  ])
})
it('a declined invoice tells why', async () => {
  await using stripe = await localStripe()
  const { customerId } = await customerWithCard(stripe.sdk, 'pm_card_chargeCustomerFail')
  const product = await stripe.sdk.products.create({ name: 'Premium' })
  const recurring = { interval: 'month' } as const
  const price = { currency: 'eur', unit_amount: 700, product: product.id, recurring }
  const { id: priceId } = await stripe.sdk.prices.create(price)
  await stripe.sdk.subscriptions.create({ customer: customerId, items: [{ price: priceId }] })
  const [{ id } = { id: '' }] = await Array.fromAsync(stripe.provider.list('invoice'))
  const paying = stripe.provider.payInvoice({ invoiceId: id, idempotencyKey: 'p' })
  await expect(paying).rejects.toMatchObject({ name: 'PaymentRefused', code: 'card_declined' })
  expect(await stripe.provider.fetch(ref('invoice', id))).toMatchObject({
    status: 'open',
    amountRemainingMinor: 700,
    lastFailure: { code: 'card_declined' },
  })
  await stripe.provider.markUncollectible({ invoiceId: id, idempotencyKey: 'u' })
  expect(await stripe.provider.fetch(ref('invoice', id))).toMatchObject({ status: 'uncollectible' })
})
it('an invoice that was tried without a card says that it failed, though Stripe notes no error', async () => {
  await using stripe = await localStripe()
  const { customerId: customer, methodId } = await customerWithCard(stripe.sdk)
  const product = await stripe.sdk.products.create({ name: 'Premium' })
  const recurring = { interval: 'month' } as const
  const price = { currency: 'eur', unit_amount: 700, product: product.id, recurring }
  const { id: priceId } = await stripe.sdk.prices.create(price)
  await stripe.sdk.subscriptions.create({ customer, items: [{ price: priceId }] })
  await stripe.provider.detachPaymentMethod(methodId)
  stripe.server.advance(new Date(NOW.getTime() + 32 * 86_400_000))
  const [renewal] = await Array.fromAsync(stripe.provider.list('invoice'))
  expect(renewal).toMatchObject({
    status: 'open',
    attemptCount: 1,
    lastFailure: { code: 'requires_payment_method' },
  })
})
it('a line for the next invoice keeps its period and our reference', async () => {
  await using stripe = await localStripe()
  const { customerId } = await customerWithCard(stripe.sdk)
  const wanted = {
    customerId,
    subscriptionId: null,
    money: eur(-250),
    description: 'Credit',
    reference: 'adj_1',
  }
  const period = { periodStart: new Date(NOW.getTime() - 86_400_000), periodEnd: NOW }
  const { id } = await stripe.provider.addInvoiceLine({ ...wanted, ...period, idempotencyKey: 'l' })
  expect(await stripe.sdk.invoiceItems.retrieve(id)).toMatchObject({
    amount: -250,
    metadata: { skyreel_reference: 'adj_1' },
    period: { start: NOW.getTime() / 1000 - 86_400, end: NOW.getTime() / 1000 },
  })
})
it('payees are found by our reference, and transfers by theirs', async () => {
  await using stripe = await localStripe()
  const payee = { reference: 'bcu_1', email: 'ada@example.com', country: 'DE', idempotencyKey: 'a' }
  const { id: accountId } = await stripe.provider.savePayeeAccount(payee)
  const urls = { returnUrl: 'http://localhost:1/done', refreshUrl: 'http://localhost:1/again' }
  const { url } = await stripe.provider.payeeOnboarding({ accountId, ...urls })
  expect(url).toMatch(/^http/)
  expect(await stripe.provider.fetch(ref('payee-account', accountId))).toMatchObject({
    reference: 'bcu_1',
    country: 'DE',
  })
})
it('a transfer names our payout and its payee', async () => {
  await using stripe = await localStripe()
  const payee = { reference: 'bcu_1', email: 'ada@example.com', country: 'DE', idempotencyKey: 'a' }
  const { id: accountId } = await stripe.provider.savePayeeAccount(payee)
  const urls = { returnUrl: 'http://localhost:1/done', refreshUrl: 'http://localhost:1/again' }
  const { url } = await stripe.provider.payeeOnboarding({ accountId, ...urls })
  await fetch(url, { method: 'POST', redirect: 'manual' })
  await stripe.sdk.topups.create({ amount: 1000, currency: 'eur', description: 'Funds to send on' })
  const wanted = { accountId, money: eur(300), reference: 'pay_1', idempotencyKey: 't' }
  const { id } = await stripe.provider.transfer(wanted)
  expect(await stripe.provider.fetch(ref('transfer', id))).toMatchObject({
    accountId,
    reference: 'pay_1',
    amountMinor: 300,
    reversedMinor: 0,
    balance: [{ amountMinor: -300 }],
  })
})
