import { expect, it } from 'vitest'
import type { ObjectKind } from '../../core/billing/provider-objects.ts'
import { PaymentUnavailable } from '../../core/ports/payments.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import { aTransaction, braintreeWith, NOW, type Objects, SETTINGS } from './testing/braintree-server.ts'

const at = NOW.toISOString()
async function fetched(kind: ObjectKind, id: string, objects: Objects, settings: object = SETTINGS) {
  await using test = await braintreeWith(objects, settings)
  return await test.provider.fetch({ kind, id, accountId: null })
}
const PLAN = `<plan><id>premium</id><name>Premium</name><description nil="true"/><price>9.99</price>
  <billing-frequency type="integer">3</billing-frequency><currency-iso-code>EUR</currency-iso-code></plan>`
const subscription = (status: string, more = ''): Objects => ({
  'plans/premium': PLAN,
  'payment_methods/any/token_1':
    '<credit-card><token>token_1</token><customer-id>customer_1</customer-id></credit-card>',
  'subscriptions/s1': `<subscription><id>s1</id><plan-id>premium</plan-id><status>${status}</status>
    <payment-method-token>token_1</payment-method-token><created-at type="datetime">${at}</created-at>
    <updated-at type="datetime">${at}</updated-at>${more}</subscription>`,
})
const dispute = (status: string, kind = 'chargeback', more = ''): Objects => ({
  'disputes/d1': `<dispute><id>d1</id><status>${status}</status><kind>${kind}</kind><reason>fraud</reason>
    <amount-disputed>10.00</amount-disputed><amount-won>8.00</amount-won><currency-iso-code>EUR</currency-iso-code>
    <reply-by-date type="date">2026-12-01</reply-by-date><created-at type="datetime">${at}</created-at>
    <transaction><id>t1</id></transaction>${more}</dispute>`,
})

it.each([
  ['authorized', 'requires_capture', 0],
  ['submitted_for_settlement', 'processing', 0],
  ['settling', 'processing', 0],
  ['settled', 'succeeded', 1000],
  ['voided', 'canceled', 0],
  ['processor_declined', 'failed', 0],
  ['gateway_rejected', 'failed', 0],
])('reads a transaction that is %s as %s', async (status, ours, captured) => {
  expect(await fetched('payment', 't1', { 'transactions/t1': aTransaction('t1', { status }) })).toMatchObject(
    {
      ...{ status: ours, amountCapturedMinor: captured },
    },
  )
})
it('says why a card was declined', async () => {
  const given = {
    status: 'processor_declined',
    'processor-response-code': '2001',
    'processor-response-text': 'Insufficient Funds',
  }
  expect(await fetched('payment', 't1', { 'transactions/t1': aTransaction('t1', given) })).toMatchObject({
    attempts: [{ status: 'failed', failureCode: '2001', failureMessage: 'Insufficient Funds' }],
  })
})
it('books what was disbursed in the currency of the bank account', async () => {
  const details = `<disbursement-details><disbursement-date type="date">2026-11-23</disbursement-date>
    <settlement-amount>11.05</settlement-amount><settlement-currency-iso-code>USD</settlement-currency-iso-code></disbursement-details>`
  expect(
    await fetched('payment', 't1', { 'transactions/t1': aTransaction('t1', {}, details) }),
  ).toMatchObject({
    ...{ amountMinor: 1000, currency: 'eur' },
    balance: [{ amountMinor: 1105, currency: 'usd', createdAt: new Date('2026-11-23') }],
  })
})
it('knows a disputed payment', async () => {
  const disputes = '<disputes type="array"><dispute><id>d1</id></dispute></disputes>'
  expect(
    await fetched('payment', 't1', { 'transactions/t1': aTransaction('t1', {}, disputes) }),
  ).toMatchObject({ disputed: true })
})
it('reads a credit as a refund, also where a payment was asked for', async () => {
  const credit = aTransaction('t2', { type: 'credit', amount: '4.00', 'refunded-transaction-id': 't1' })
  expect(await fetched('payment', 't2', { 'transactions/t2': credit })).toMatchObject({
    ...{ kind: 'refund', id: 't2', paymentId: 't1', amountMinor: 400, balance: [{ amountMinor: -400 }] },
  })
})
it('does not count a refund that was declined', async () => {
  const ids = '<refund-ids type="array"><item>t2</item></refund-ids>'
  const objects = {
    'transactions/t1': aTransaction('t1').replace('<refund-ids type="array"></refund-ids>', ids),
    'transactions/t2': aTransaction('t2', { type: 'credit', amount: '4.00', status: 'settlement_declined' }),
  }
  expect(await fetched('payment', 't1', objects)).toMatchObject({ amountRefundedMinor: 0 })
})
it.each([
  ['Active', '', 'active'],
  [
    'Active',
    '<trial-period type="boolean">true</trial-period><current-billing-cycle type="integer">0</current-billing-cycle>',
    'trialing',
  ],
  [
    'Active',
    '<trial-period type="boolean">true</trial-period><current-billing-cycle type="integer">1</current-billing-cycle>',
    'active',
  ],
  ['Past Due', '', 'past_due'],
  ['Pending', '', 'incomplete'],
  ['Canceled', '', 'canceled'],
  ['Expired', '', 'canceled'],
])('reads a subscription that is %s %s as %s', async (status, more, ours) => {
  expect(await fetched('subscription', 's1', subscription(status, more))).toMatchObject({ status: ours })
})
it('reads a subscription with its customer, currency and period', async () => {
  const days = `<billing-period-start-date type="date">2026-11-21</billing-period-start-date>
    <billing-period-end-date type="date">2026-12-20</billing-period-end-date>`
  expect(await fetched('subscription', 's1', subscription('Active', days))).toMatchObject({
    ...{ customerId: 'customer_1', currency: 'eur' },
    items: [{ priceId: 'premium', productId: 'premium', periodEnd: new Date('2026-12-21T00:00:00Z') }],
  })
})
it('finds the customer by a payment where the payment method is deleted', async () => {
  const paid =
    '<transactions type="array"><transaction><id>t1</id><customer><id>customer_2</id></customer></transaction></transactions>'
  const { 'payment_methods/any/token_1': _deleted, ...objects } = subscription('Active', paid)
  expect(await fetched('subscription', 's1', objects)).toMatchObject({ customerId: 'customer_2' })
})
it('gives a plan what the operator says of it', async () => {
  const settings = { ...SETTINGS, plans: { premium: { planKey: 'premium', features: ['premium-titles'] } } }
  expect(await fetched('product', 'premium', { 'plans/premium': PLAN }, settings)).toMatchObject({
    ...{ name: 'Premium', planKey: 'premium', features: ['premium-titles'] },
  })
})
it('reads the price of a plan', async () => {
  expect(await fetched('price', 'premium', { 'plans/premium': PLAN })).toMatchObject({
    unitAmountMinor: 999,
    interval: 'month',
    intervalCount: 3,
  })
})
it('finds our reference in the custom field of a customer', async () => {
  const customer = `<customer><id>customer_1</id><first-name>Ada</first-name><last-name>Lovelace</last-name>
    <custom-fields><skyreel_customer>bcu_1</skyreel_customer></custom-fields></customer>`
  expect(await fetched('customer', 'customer_1', { 'customers/customer_1': customer })).toMatchObject({
    ...{ name: 'Ada Lovelace', reference: 'bcu_1' },
  })
})
it.each([
  ['open', 'chargeback', 'needs_response'],
  ['open', 'retrieval', 'warning_needs_response'],
  ['disputed', 'chargeback', 'under_review'],
  ['won', 'chargeback', 'won'],
  ['lost', 'pre_arbitration', 'lost'],
  ['accepted', 'chargeback', 'lost'],
  ['expired', 'retrieval', 'warning_closed'],
])('reads a dispute that is %s, a %s, as %s', async (status, kind, ours) => {
  expect(await fetched('dispute', 'd1', dispute(status, kind))).toMatchObject({
    status: ours,
    paymentId: 't1',
  })
})
const event = (status: string, day: string) =>
  `<status-history><status>${status}</status><disbursement-date type="date"${day}</disbursement-date></status-history>`
it('books of a dispute what was taken and what came back', async () => {
  const history = `<status-history type="array">${event('open', '>2026-11-22')}${event('won', '>2026-12-22')}</status-history>`
  expect(await fetched('dispute', 'd1', dispute('won', 'chargeback', history))).toMatchObject({
    balance: [
      { type: 'dispute', amountMinor: -1000, createdAt: new Date('2026-11-22') },
      { type: 'dispute_reversal', amountMinor: 800 },
    ],
  })
})
it('books nothing of a dispute before its money has moved', async () => {
  const history = `<status-history type="array">${event('open', ' nil="true">')}</status-history>`
  expect(await fetched('dispute', 'd1', dispute('open', 'chargeback', history))).toMatchObject({
    balance: [],
  })
})
it('says of a wrong key that it can be tried again', async () => {
  const settings = { ...SETTINGS, keys: [{ publicKey: 'public_1', privateKey: 'other' }] }
  await expect(fetched('payment', 't1', {}, settings)).rejects.toThrow('Braintree answers 401')
})
it('says of a server that is gone that it can be tried again', async () => {
  await using test = await braintreeWith({})
  await test.server[Symbol.asyncDispose]()
  await expect(test.provider.fetch({ kind: 'payment', id: 't1', accountId: null })).rejects.toThrow(
    PaymentUnavailable,
  )
})
it('says of a kind that it has not that it has none', async () => {
  await expect(fetched('invoice', 'in_1', {})).rejects.toThrow(NotSupported)
})
it('cancels a subscription twice as once', async () => {
  await using test = await braintreeWith(subscription('Active'))
  const wanted = { subscriptionId: 's1', when: 'now', idempotencyKey: 'k' } as const
  await test.provider.cancelSubscription(wanted)
  await expect(test.provider.cancelSubscription(wanted)).resolves.toBeUndefined()
})
it('refuses to cancel what it does not have', async () => {
  await using test = await braintreeWith({})
  const wanted = { subscriptionId: 's1', when: 'now', idempotencyKey: 'k' } as const
  await expect(test.provider.cancelSubscription(wanted)).rejects.toThrow('already been canceled')
})
