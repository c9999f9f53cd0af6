import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { readInvoice } from './read-invoice.ts'
import { readRefund, readTransfer } from './read-movements.ts'
import { readLoneCharge, readPayment } from './read-payment.ts'
import { readPrice, readProduct } from './read-plan.ts'
import { readSubscription } from './read-subscription.ts'
import * as made from './testing/objects.ts'

// Recorded shapes are of several versions of the API: the SDK's types know the present one alone.
const as = <T>(object: unknown): T => object as T

const invoiceOf = (object: Record<string, unknown>, meters: [string, string][] = []) => {
  const invoice = as<Stripe.Invoice>(object)
  return readInvoice(invoice, {
    lines: invoice.lines.data,
    payments: invoice.payments?.data ?? [],
    meters: new Map(meters),
    creditNotes: [],
    lastFailure: null,
  })
}
const subscriptionOf = (object: unknown) => readSubscription(as<Stripe.Subscription>(object))
const paymentOf = (charges: unknown[], more = {}) =>
  readPayment(as<Stripe.PaymentIntent>(made.paymentIntent(more)), as<Stripe.Charge[]>(charges), null)

describe('invoices', () => {
  it('are read the same from before basil and after', () => {
    const now = invoiceOf(made.invoice())
    const then = invoiceOf(made.legacyInvoice())
    const lines = [{ ...then.lines[0], proration: false }]
    expect({ ...then, lines }).toEqual(now)
  })
  it('are paid out of band where nothing has paid them', () => {
    expect([
      invoiceOf(made.invoice()).paidOutOfBand,
      invoiceOf(made.invoice({ payments: made.list([]) })).paidOutOfBand,
      invoiceOf(made.invoice({ payments: made.list([]), amount_due: 0 })).paidOutOfBand,
      invoiceOf(made.legacyInvoice({ paid_out_of_band: true })).paidOutOfBand,
    ]).toEqual([false, true, false, true])
  })
  it('show several partial payments', () => {
    const half = { amount_paid: 595, amount_requested: 595 }
    const second = made.invoicePayment({
      ...half,
      id: 'inpay_2',
      payment: { type: 'charge', charge: 'ch_2' },
    })
    const payments = made.list([made.invoicePayment(half), second])
    expect(invoiceOf(made.invoice({ payments })).payments).toEqual([
      { paymentId: 'pi_1', amountMinor: 595, status: 'paid' },
      { paymentId: 'ch_2', amountMinor: 595, status: 'paid' },
    ])
  })
  it.each([
    ['credit that was used', { starting_balance: -500, ending_balance: -100 }, 400],
    ['credit that was given', { starting_balance: 0, ending_balance: -300 }, -300],
    ['nothing before they are finalized', { starting_balance: -500, ending_balance: null }, 0],
  ])('tell %s', (_, balances, credit) => {
    expect(invoiceOf(made.invoice(balances)).creditAppliedMinor).toBe(credit)
  })
  it('have lines after discounts, credits and inclusive tax', () => {
    const line = made.line({
      amount: 1190,
      discount_amounts: [{ amount: 100, discount: 'di_1' }],
      pretax_credit_amounts: [
        { amount: 100, type: 'discount' },
        { amount: 50, type: 'credit_balance_transaction' },
      ],
      taxes: [{ amount: 166, tax_behavior: 'inclusive' }],
    })
    expect(invoiceOf(made.invoice({ lines: made.list([line]) })).lines[0]).toMatchObject({
      amountMinor: 874,
      taxMinor: 166,
    })
  })
  it('name the meter of a metered line', () => {
    expect(invoiceOf(made.invoice(), [['price_1', 'minutes']]).lines[0]?.meter).toBe('minutes')
  })
  it('sum several taxes', () => {
    const taxes = [
      { amount: 50, tax_behavior: 'exclusive' },
      { amount: 100, tax_behavior: 'exclusive' },
    ]
    expect(invoiceOf(made.invoice({ total_taxes: taxes })).taxMinor).toBe(150)
  })
})

describe('subscriptions', () => {
  it('take the period of their items', () => {
    expect(subscriptionOf(made.subscription()).items[0]?.periodEnd).toEqual(new Date(1_797_592_000_000))
  })
  it('take their own period where items have none', () => {
    expect(subscriptionOf(made.legacySubscription()).items[0]?.periodEnd).toEqual(new Date(1_702_592_000_000))
  })
  it('tell the change that a schedule will make', () => {
    expect(subscriptionOf(made.subscription({ schedule: made.schedule() })).pending).toEqual({
      priceId: 'price_2',
      at: new Date(1_797_592_000_000),
    })
  })
  it.each(['released', 'canceled', 'completed'])('tell none of a schedule that is %s', (status) => {
    expect(subscriptionOf(made.subscription({ schedule: made.schedule({ status }) })).pending).toBeNull()
  })
})

describe('payments', () => {
  it('have every try, oldest first', () => {
    const failed = {
      status: 'failed',
      failure_code: 'card_declined',
      captured: false,
      balance_transaction: null,
    }
    const payment = paymentOf([
      made.charge({ id: 'ch_2', created: 20 }),
      made.charge({ ...failed, created: 10 }),
    ])
    expect(payment.attempts.map(({ id, status, failureCode }) => [id, status, failureCode])).toEqual([
      ['ch_1', 'failed', 'card_declined'],
      ['ch_2', 'succeeded', null],
    ])
  })
  it('have the balance entries of what was taken, each once', () => {
    expect(
      paymentOf([made.charge(), made.charge()]).balance.map(({ id, feeMinor, netMinor }) => [
        id,
        feeMinor,
        netMinor,
      ]),
    ).toEqual([['txn_1', 54, 946]])
  })
  it('throw for a balance transaction that was not expanded, before it is lost from the books', () => {
    expect(() => paymentOf([made.charge({ balance_transaction: 'txn_1' })])).toThrow('txn_1 is not expanded')
  })
  it('count what was captured, not what was allowed', () => {
    const part = made.charge({ amount_captured: 600, amount_refunded: 400 })
    const allowed = made.charge({
      id: 'ch_2',
      captured: false,
      amount_captured: 0,
      balance_transaction: null,
    })
    expect(paymentOf([part, allowed])).toMatchObject({ amountCapturedMinor: 600, amountRefundedMinor: 400 })
  })
  it.each([
    [{ status: 'failed', captured: false }, 'failed'],
    [{ status: 'pending' }, 'processing'],
    [{}, 'succeeded'],
    [{ captured: false }, 'requires_capture'],
    [{ captured: false, refunded: true }, 'canceled'],
  ])('of a lone charge that is %j are %s', (more, status) => {
    const lone = as<Stripe.Charge>(made.charge({ payment_intent: null, ...more }))
    expect(readLoneCharge(lone, null)).toMatchObject({ id: 'ch_1', status })
  })
})

describe('movements', () => {
  it('of a failed refund are what it took and what came back', () => {
    const refund = {
      id: 're_1',
      amount: 400,
      charge: made.charge({ livemode: true }),
      created: 1,
      currency: 'eur',
      payment_intent: 'pi_1',
      reason: null,
      status: 'failed',
      balance_transaction: made.balanceTransaction('txn_2', -400),
      failure_balance_transaction: made.balanceTransaction('txn_3', 400),
    }
    const read = readRefund(as<Stripe.Refund>(refund), false)
    expect([read.livemode, read.balance.map(({ amountMinor }) => amountMinor)]).toEqual([true, [-400, 400]])
  })
  it('of a transfer have those of its reversals', () => {
    const transfer = {
      id: 'tr_1',
      amount: 500,
      amount_reversed: 200,
      created: 1,
      currency: 'eur',
      destination: 'acct_1',
      livemode: false,
      metadata: { skyreel_transfer: 'pay_1' },
      balance_transaction: made.balanceTransaction('txn_4', -500),
    }
    const reversals = [{ id: 'trr_1', balance_transaction: made.balanceTransaction('txn_5', 200) }]
    const read = readTransfer(as<Stripe.Transfer>(transfer), as<Stripe.TransferReversal[]>(reversals))
    expect([read.reference, read.balance.map(({ id }) => id)]).toEqual(['pay_1', ['txn_4', 'txn_5']])
  })
})

describe('plans', () => {
  const price = {
    id: 'price_1',
    active: true,
    currency: 'eur',
    currency_options: { eur: { unit_amount: 999 }, usd: { unit_amount: 1099 } },
    livemode: false,
    lookup_key: 'premium-month',
    product: 'prod_1',
    recurring: { interval: 'month', interval_count: 1, meter: null, trial_period_days: 14 },
    unit_amount: 999,
    unit_amount_decimal: '999',
  }
  it('read what they give out of the metadata', () => {
    const product = {
      id: 'prod_1',
      active: true,
      name: 'Premium',
      description: null,
      livemode: false,
      metadata: { plan_key: 'premium', audience: 'organisation', rank: '2', features: 'uhd, ,downloads' },
    }
    expect(readProduct(as<Stripe.Product>(product))).toMatchObject({
      planKey: 'premium',
      audience: 'organisation',
      rank: 2,
      features: ['uhd', 'downloads'],
    })
  })
  it('are no plan without metadata', () => {
    const bare = { id: 'prod_1', active: true, name: 'Mug', description: null, livemode: false, metadata: {} }
    expect(readProduct(as<Stripe.Product>(bare))).toMatchObject({ planKey: null, features: [], rank: 0 })
  })
  it('have prices in further currencies', () => {
    expect(readPrice(as<Stripe.Price>(price), null).otherCurrencies).toEqual({ usd: 1099 })
  })
  it.each([
    ['text', '0.25'],
    ['Decimal', { toString: (): string => '0.25' }],
  ])('have prices finer than a minor unit, told as %s', (_, value) => {
    const fine = { ...price, unit_amount: null, unit_amount_decimal: value }
    expect(readPrice(as<Stripe.Price>(fine), 'minutes')).toMatchObject({
      unitAmountMinor: null,
      unitAmountDecimal: '0.25',
      meter: 'minutes',
    })
  })
})
