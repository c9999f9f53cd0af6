import { expect, it } from 'vitest'
import type { ObjectKind } from '../../core/billing/provider-objects.ts'
import { PaymentUnavailable } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { aPayment, NOW, type Objects, razorpayWith, SETTINGS, seconds } from './testing/razorpay-server.ts'

const at = seconds(NOW)
const plan = {
  ...{ id: 'plan_1', period: 'monthly', interval: 1 },
  item: { name: 'Premium', description: null, active: true, amount: 99_900, currency: 'INR' },
}
const subscription = (given: object) => ({
  ...{ id: 'sub_1', plan_id: 'plan_1', customer_id: 'cust_1', status: 'active', quantity: 1, created_at: at },
  ...{ current_start: at, current_end: at + 86_400, start_at: at, ended_at: null, ...given },
})
async function fetched(kind: ObjectKind, id: string, objects: Objects, settings: object = SETTINGS) {
  await using test = await razorpayWith(objects, settings)
  return await test.provider.fetch({ kind, id, accountId: null })
}

it('books a payment from abroad in the currency of the account', async () => {
  const payment = aPayment('pay_1', { currency: 'USD', base_amount: 84_000, base_currency: 'INR', fee: 2000 })
  expect(await fetched('payment', 'pay_1', { 'payments/pay_1': payment })).toMatchObject({
    ...{ currency: 'usd', amountMinor: 1000 },
    balance: [{ currency: 'inr', amountMinor: 84_000, feeMinor: 2000, netMinor: 82_000 }],
  })
})
it.each([
  ['itself', { customer_id: 'cust_1', invoice_id: 'inv_1' }, 'cust_1'],
  ['its invoice where it does not say so', { customer_id: null, invoice_id: 'inv_1' }, 'cust_2'],
  ['nobody where its invoice is gone', { customer_id: null, invoice_id: 'inv_2' }, null],
])('knows whose a payment is by %s', async (_, given, customerId) => {
  const objects = {
    'payments/pay_1': aPayment('pay_1', given),
    'invoices/inv_1': {
      ...{
        id: 'inv_1',
        customer_id: 'cust_2',
        status: 'paid',
        currency: 'EUR',
        amount: 1000,
        created_at: at,
      },
    },
  }
  expect(await fetched('payment', 'pay_1', objects)).toMatchObject({ customerId })
})
it('books nothing of a payment that has failed', async () => {
  const payment = aPayment('pay_1', {
    status: 'failed',
    error_code: 'BAD_REQUEST_ERROR',
    error_reason: 'payment_failed',
  })
  expect(await fetched('payment', 'pay_1', { 'payments/pay_1': payment })).toMatchObject({
    ...{ status: 'failed', amountCapturedMinor: 0, balance: [] },
    attempts: [{ status: 'failed', failureCode: 'payment_failed' }],
  })
})
it.each([
  ['created', 'incomplete'],
  ['authenticated', 'trialing'],
  ['active', 'active'],
  ['pending', 'past_due'],
  ['halted', 'unpaid'],
  ['cancelled', 'canceled'],
  ['completed', 'canceled'],
  ['expired', 'incomplete_expired'],
  ['paused', 'paused'],
])('reads a subscription that is %s as %s', async (theirs, ours) => {
  const objects = { 'subscriptions/sub_1': subscription({ status: theirs }), 'plans/plan_1': plan }
  expect(await fetched('subscription', 'sub_1', objects)).toMatchObject({ status: ours })
})
it('reads a subscription with the currency of its plan', async () => {
  const objects = { 'subscriptions/sub_1': subscription({}), 'plans/plan_1': plan }
  expect(await fetched('subscription', 'sub_1', objects)).toMatchObject({
    ...{ currency: 'inr', customerId: 'cust_1' },
    items: [
      { priceId: 'plan_1', productId: 'plan_1', quantity: 1, periodEnd: new Date((at + 86_400) * 1000) },
    ],
  })
})
it('gives a plan what the operator says of it', async () => {
  const plans = { plan_1: { planKey: 'premium', features: ['premium-titles'] } }
  expect(await fetched('product', 'plan_1', { 'plans/plan_1': plan }, { ...SETTINGS, plans })).toMatchObject({
    ...{
      name: 'Premium',
      planKey: 'premium',
      features: ['premium-titles'],
      audience: 'viewer',
      active: true,
    },
  })
})
it('gives a plan that nobody listed nothing', async () => {
  expect(await fetched('product', 'plan_1', { 'plans/plan_1': plan })).toMatchObject({ features: [] })
})
it('reads the price of a plan', async () => {
  expect(
    await fetched('price', 'plan_1', { 'plans/plan_1': { ...plan, period: 'quarterly', interval: 2 } }),
  ).toMatchObject({
    ...{ unitAmountMinor: 99_900, currency: 'inr', interval: 'month', intervalCount: 6 },
  })
})
it('reads an invoice with its payment and the tax in it', async () => {
  const line = {
    id: 'li_1',
    name: 'Premium',
    amount: 1180,
    taxable_amount: 1000,
    tax_amount: 180,
    quantity: 1,
  }
  const invoice = {
    ...{ id: 'inv_1', customer_id: 'cust_1', subscription_id: 'sub_1', payment_id: 'pay_1', status: 'paid' },
    ...{
      currency: 'INR',
      amount: 1180,
      amount_paid: 1180,
      amount_due: 0,
      tax_amount: 180,
      line_items: [line],
    },
    ...{ created_at: at, issued_at: at, paid_at: at },
  }
  expect(await fetched('invoice', 'inv_1', { 'invoices/inv_1': invoice })).toMatchObject({
    ...{ status: 'paid', subtotalMinor: 1000, taxMinor: 180, totalMinor: 1180, amountRemainingMinor: 0 },
    ...{
      payments: [{ paymentId: 'pay_1', amountMinor: 1180, status: 'paid' }],
      lines: [{ amountMinor: 1000 }],
    },
  })
})
it.each([
  ['open', 'chargeback', 0, 'needs_response', []],
  ['open', 'retrieval', 0, 'warning_needs_response', []],
  ['under_review', 'chargeback', 0, 'under_review', []],
  ['lost', 'chargeback', 1000, 'lost', [{ amountMinor: -1000, type: 'dispute' }]],
  ['won', 'chargeback', 0, 'won', []],
  ['closed', 'fraud', 0, 'warning_closed', []],
  ['closed', 'chargeback', 500, 'lost', [{ amountMinor: -500 }]],
])(
  'reads a dispute that is %s as %s, of which %d was deducted, as %s',
  async (status, phase, deducted, ours, balance) => {
    const dispute = {
      ...{ id: 'disp_1', payment_id: 'pay_1', amount: 1000, currency: 'INR', amount_deducted: deducted },
      ...{ status, phase, reason_code: 'chargeback', respond_by: at, created_at: at },
    }
    expect(await fetched('dispute', 'disp_1', { 'disputes/disp_1': dispute })).toMatchObject({
      status: ours,
      balance,
    })
  },
)
it('takes nothing from the balance for a refund that has failed', async () => {
  const refund = {
    id: 'rfnd_1',
    payment_id: 'pay_1',
    amount: 400,
    currency: 'INR',
    status: 'failed',
    created_at: at,
  }
  expect(await fetched('refund', 'rfnd_1', { 'refunds/rfnd_1': refund })).toMatchObject({
    status: 'failed',
    balance: [],
  })
})
it('finds our reference in the notes of a customer', async () => {
  const customer = {
    id: 'cust_1',
    name: 'Ada',
    email: 'ada@example.com',
    notes: { skyreel_customer: 'bcu_1' },
  }
  expect(await fetched('customer', 'cust_1', { 'customers/cust_1': customer })).toMatchObject({
    reference: 'bcu_1',
  })
})
it('says of a wrong key that it can be tried again', async () => {
  await expect(fetched('payment', 'pay_1', {}, { ...SETTINGS, keySecret: 'other' })).rejects.toThrow(
    PaymentUnavailable,
  )
})
it('says of an object of another form where it is, and nothing of what is in it', async () => {
  const payment = aPayment('pay_1', { amount: 'a secret' })
  const said = await fetched('payment', 'pay_1', { 'payments/pay_1': payment }).catch(String)
  expect(said).toBe('PaymentUnavailable: Razorpay answers what cannot be read: amount (invalid_type)')
})
it('says of a kind that it has not that it has none', async () => {
  await expect(fetched('checkout', 'c_1', {})).rejects.toThrow(NotSupported)
})
it('does not let an id leave its path', async () => {
  await using test = await razorpayWith({ 'payments/pay_1': aPayment('pay_1') })
  await test.provider.fetch({ kind: 'refund', id: '../payments/pay_1', accountId: null })
  expect(test.server.asked[0]?.line).toBe('GET /v1/refunds/..%2Fpayments%2Fpay_1')
})
it('cancels a subscription twice as once', async () => {
  await using test = await razorpayWith({ 'subscriptions/sub_1': subscription({}) })
  const wanted = { subscriptionId: 'sub_1', when: 'now', idempotencyKey: 'k' } as const
  await test.provider.cancelSubscription(wanted)
  await expect(test.provider.cancelSubscription(wanted)).resolves.toBeUndefined()
})
it('asks for a cancellation at the period’s end', async () => {
  await using test = await razorpayWith({ 'subscriptions/sub_1': subscription({}) })
  await test.provider.cancelSubscription({ subscriptionId: 'sub_1', when: 'period-end', idempotencyKey: 'k' })
  expect(test.server.asked[0]).toMatchObject({
    line: 'POST /v1/subscriptions/sub_1/cancel',
    body: '{"cancel_at_cycle_end":true}',
  })
})
it('lists a payment as it fetches it', async () => {
  const invoice = { id: 'inv_1', customer_id: 'cust_2', status: 'paid', currency: 'EUR', amount: 1000 }
  const payment = aPayment('pay_1', { customer_id: null, invoice_id: 'inv_1' })
  await using test = await razorpayWith({
    ...{ 'payments/pay_1': payment, 'invoices/inv_1': { ...invoice, created_at: at } },
  })
  const fetchedOne = await test.provider.fetch({ kind: 'payment', id: 'pay_1', accountId: null })
  expect(await Array.fromAsync(test.provider.list('payment'))).toEqual([fetchedOne])
})
it('lists more than one page', async () => {
  const many = Array.from({ length: 150 }, (_, n) => [`payments/pay_${n}`, aPayment(`pay_${n}`)] as const)
  await using test = await razorpayWith(Object.fromEntries(many))
  expect(await Array.fromAsync(test.provider.list('payment'))).toHaveLength(150)
})
