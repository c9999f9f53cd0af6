import { expect, it } from 'vitest'
import type { ObjectKind } from '../../core/billing/provider-objects.ts'
import { PaymentUnavailable } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { aCapture, NOW, type Objects, paypalWith, SETTINGS } from './testing/paypal-server.ts'

const at = NOW.toISOString()
const next = '2026-12-21T08:00:00Z'
const eur = (value: string) => ({ currency_code: 'EUR', value })
async function fetched(kind: ObjectKind, id: string, objects: Objects, settings: object = SETTINGS) {
  await using test = await paypalWith({ objects, settings })
  return await test.provider.fetch({ kind, id, accountId: null })
}
const plan = {
  ...{ id: 'P-1', name: 'Premium', description: 'All films', status: 'ACTIVE' },
  billing_cycles: [
    {
      frequency: { interval_unit: 'MONTH', interval_count: 3 },
      tenure_type: 'REGULAR',
      pricing_scheme: { fixed_price: eur('29.99') },
    },
  ],
}
const cycle = (tenure_type: string, cycles_completed: number, cycles_remaining = 0) => ({
  tenure_type,
  cycles_completed,
  cycles_remaining,
})
const subscribed = (given: object, billing: object = {}): Objects => ({
  '/v1/billing/subscriptions/I-1': {
    ...{ id: 'I-1', plan_id: 'P-1', status: 'ACTIVE', status_update_time: at, start_time: at, quantity: '1' },
    subscriber: { payer_id: 'PAYER1' },
    billing_info: { cycle_executions: [cycle('REGULAR', 1)], next_billing_time: next, ...billing },
    ...given,
  },
  '/v1/billing/plans/P-1': plan,
})

it('books what PayPal kept of a capture as its fee', async () => {
  expect(await fetched('payment', 'C1', aCapture('C1'))).toMatchObject({
    balance: [{ type: 'charge', amountMinor: 1000, feeMinor: 64, netMinor: 936, currency: 'eur' }],
  })
})
it('books a capture that PayPal has changed into another currency in that one', async () => {
  const usd = (value: string) => ({ currency_code: 'USD', value })
  const breakdown = {
    ...{ gross_amount: eur('10.00'), paypal_fee: eur('0.64') },
    ...{ paypal_fee_in_receivable_currency: usd('0.70'), receivable_amount: usd('10.30') },
  }
  const objects = aCapture('C1', { seller_receivable_breakdown: breakdown })
  expect(await fetched('payment', 'C1', objects)).toMatchObject({
    ...{ amountMinor: 1000, currency: 'eur' },
    balance: [{ currency: 'usd', amountMinor: 1100, feeMinor: 70, netMinor: 1030 }],
  })
})
it.each([
  ['PENDING', 'processing', 0],
  ['DECLINED', 'failed', 0],
  ['REFUNDED', 'succeeded', 1000],
])('reads a capture that is %s as %s', async (status, ours, refunded) => {
  expect(await fetched('payment', 'C1', aCapture('C1', { status }))).toMatchObject({
    status: ours,
    amountRefundedMinor: refunded,
  })
})
it('reads the payment of a subscription, and whose it is', async () => {
  const sale = {
    ...{ id: 'S1', state: 'completed', amount: { total: '29.99', currency: 'EUR' }, create_time: at },
    ...{ transaction_fee: { value: '1.20', currency: 'EUR' }, billing_agreement_id: 'I-1' },
  }
  expect(await fetched('payment', 'S1', { ...subscribed({}), '/v1/payments/sale/S1': sale })).toMatchObject({
    ...{ customerId: 'PAYER1', status: 'succeeded', amountCapturedMinor: 2999 },
    balance: [{ amountMinor: 2999, feeMinor: 120, netMinor: 2879 }],
  })
})
it('reads a refund of a capture with the fee that came back', async () => {
  const refund = {
    ...{ id: 'R1', status: 'COMPLETED', amount: eur('4.00'), create_time: at },
    seller_payable_breakdown: { paypal_fee: eur('0.10') },
    links: [
      { rel: 'self', href: 'https://x/v2/payments/refunds/R1' },
      { rel: 'up', href: 'https://x/v2/payments/captures/C1' },
    ],
  }
  expect(await fetched('refund', 'R1', { '/v2/payments/refunds/R1': refund })).toMatchObject({
    ...{ paymentId: 'C1', status: 'succeeded', amountMinor: 400 },
    balance: [{ amountMinor: -400, feeMinor: -10, netMinor: -390 }],
  })
})
it('reads a refund of a subscription’s payment', async () => {
  const refund = {
    id: 'R1',
    state: 'completed',
    amount: { total: '-4.00', currency: 'EUR' },
    sale_id: 'S1',
    create_time: at,
  }
  expect(await fetched('refund', 'R1', { '/v1/payments/refund/R1': refund })).toMatchObject({
    ...{ paymentId: 'S1', amountMinor: 400, balance: [{ amountMinor: -400 }] },
  })
})
it.each([
  ['active', { status: 'ACTIVE' }, {}],
  ['trialing', { status: 'ACTIVE' }, { cycle_executions: [cycle('TRIAL', 1), cycle('REGULAR', 0)] }],
  ['active', { status: 'ACTIVE' }, { cycle_executions: [cycle('TRIAL', 1), cycle('REGULAR', 1)] }],
  ['past_due', { status: 'ACTIVE' }, { failed_payments_count: 1, outstanding_balance: eur('29.99') }],
  ['active', { status: 'ACTIVE' }, { failed_payments_count: 1, outstanding_balance: eur('0.00') }],
  ['paused', { status: 'SUSPENDED' }, {}],
  ['unpaid', { status: 'SUSPENDED' }, { failed_payments_count: 3 }],
  ['incomplete', { status: 'APPROVAL_PENDING' }, {}],
  ['canceled', { status: 'CANCELLED' }, {}],
  ['canceled', { status: 'EXPIRED' }, {}],
])('reads as %s a subscription that is %j with %j', async (status, given, billing) => {
  expect(await fetched('subscription', 'I-1', subscribed(given, billing))).toMatchObject({ status })
})
it('reads a subscription with its period, payer and currency', async () => {
  const objects = subscribed({}, { last_payment: { time: at } })
  expect(await fetched('subscription', 'I-1', objects)).toMatchObject({
    ...{ customerId: 'PAYER1', currency: 'eur', endedAt: null },
    items: [{ priceId: 'P-1', productId: 'P-1', quantity: 1, periodStart: NOW, periodEnd: new Date(next) }],
  })
})
it('gives a plan what the operator says of it', async () => {
  const settings = { ...SETTINGS, plans: { 'P-1': { planKey: 'premium', features: ['premium-titles'] } } }
  expect(await fetched('product', 'P-1', subscribed({}), settings)).toMatchObject({
    planKey: 'premium',
    features: ['premium-titles'],
  })
})
it('reads the price of a plan', async () => {
  expect(await fetched('price', 'P-1', subscribed({}))).toMatchObject({
    unitAmountMinor: 2999,
    interval: 'month',
    intervalCount: 3,
  })
})
it.each([
  ['WAITING_FOR_SELLER_RESPONSE', 'INQUIRY', null, 'warning_needs_response'],
  ['WAITING_FOR_SELLER_RESPONSE', 'CHARGEBACK', null, 'needs_response'],
  ['UNDER_REVIEW', 'CHARGEBACK', null, 'under_review'],
  ['RESOLVED', 'CHARGEBACK', 'RESOLVED_BUYER_FAVOUR', 'lost'],
  ['RESOLVED', 'CHARGEBACK', 'RESOLVED_SELLER_FAVOUR', 'won'],
  ['RESOLVED', 'INQUIRY', 'CANCELED_BY_BUYER', 'warning_closed'],
])('reads a dispute that is %s at %s with %s as %s', async (status, stage, outcome, ours) => {
  const dispute = {
    status,
    dispute_life_cycle_stage: stage,
    dispute_outcome: outcome ? { outcome_code: outcome } : null,
  }
  expect(
    await fetched('dispute', 'PP-D-1', { '/v1/customer/disputes/PP-D-1': aDispute(dispute) }),
  ).toMatchObject({ status: ours })
})
it('books of a dispute what was taken from us and given back', async () => {
  const move = (affected_party: string, type: string) => ({
    affected_party,
    type,
    amount: eur('10.00'),
    initiated_time: at,
  })
  const dispute = aDispute({
    money_movements: [move('SELLER', 'DEBIT'), move('BUYER', 'CREDIT'), move('SELLER', 'CREDIT')],
  })
  expect(await fetched('dispute', 'PP-D-1', { '/v1/customer/disputes/PP-D-1': dispute })).toMatchObject({
    balance: [
      { id: 'PP-D-1/0', type: 'dispute', amountMinor: -1000 },
      { id: 'PP-D-1/2', type: 'dispute_reversal', amountMinor: 1000 },
    ],
  })
})
const aDispute = (given: object) => ({
  ...{
    dispute_id: 'PP-D-1',
    create_time: at,
    status: 'OPEN',
    reason: 'UNAUTHORISED',
    dispute_amount: eur('10.00'),
  },
  ...{ disputed_transactions: [{ seller_transaction_id: 'C1' }], ...given },
})
it('asks for a token once', async () => {
  await using test = await paypalWith({ objects: aCapture('C1') })
  for (const _ of [1, 2]) await test.provider.fetch({ kind: 'payment', id: 'C1', accountId: null })
  expect(test.server.asked.filter(({ line }) => line.endsWith('/token'))).toHaveLength(1)
})
it('says of a wrong key that it can be tried again', async () => {
  await expect(fetched('payment', 'C1', {}, { ...SETTINGS, clientSecret: 'other' })).rejects.toThrow(
    'PayPal answers 401: invalid_client',
  )
})
it('says of a server that is gone that it can be tried again', async () => {
  await using test = await paypalWith()
  await test.server[Symbol.asyncDispose]()
  await expect(test.provider.fetch({ kind: 'payment', id: 'C1', accountId: null })).rejects.toThrow(
    PaymentUnavailable,
  )
})
it('says of a kind that it has not that it has none', async () => {
  await expect(fetched('invoice', 'in_1', {})).rejects.toThrow(NotSupported)
})
it('cancels a subscription twice as once', async () => {
  await using test = await paypalWith({ objects: subscribed({}) })
  const wanted = { subscriptionId: 'I-1', when: 'now', idempotencyKey: 'k' } as const
  await test.provider.cancelSubscription(wanted)
  await expect(test.provider.cancelSubscription(wanted)).resolves.toBeUndefined()
})
it('cannot cancel at the period’s end', async () => {
  await using test = await paypalWith({ objects: subscribed({}) })
  const wanted = { subscriptionId: 'I-1', when: 'period-end', idempotencyKey: 'k' } as const
  await expect(test.provider.cancelSubscription(wanted)).rejects.toThrow(NotSupported)
})
it('gives back a part of a subscription’s payment', async () => {
  const sale = { id: 'S1', state: 'completed', amount: { total: '29.99', currency: 'EUR' }, create_time: at }
  await using test = await paypalWith({ objects: { '/v1/payments/sale/S1': sale } })
  const wanted = { paymentId: 'S1', amountMinor: 500, reason: 'duplicate', idempotencyKey: 'k' } as const
  expect(await test.provider.refund(wanted)).toMatchObject({
    paymentId: 'S1',
    amountMinor: 500,
    currency: 'eur',
  })
})
