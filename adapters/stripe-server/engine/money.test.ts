import { describe, expect, it } from 'vitest'
import { share } from './amounts.ts'
import { balanceOf } from './balance.ts'
import { closeDispute, failPayout, failRefund, openDispute, payOutOfBand, refundElsewhere } from './happen.ts'
import { chargeCustomer, confirmPayment } from './pay.ts'
import { startSubscription } from './subscribe.ts'
import { openAccount } from './testing/account.ts'

function paid(token = 'pm_card_visa', amount = 10_000, currency = 'eur') {
  const account = openAccount()
  const customer = account.customer(token)
  const intent = chargeCustomer(account.store, { customer, amount, currency })
  return { account, customer, intent, charge: intent.latest_charge ?? '' }
}
const movements = ({ account }: { account: ReturnType<typeof openAccount> }) =>
  (
    account.store.all('balance_transaction') as unknown as { type: string; amount: number; fee: number }[]
  ).map(({ type, amount, fee }) => [type, amount, fee])

describe('a payment', () => {
  it('is booked with a fee of 2.9 % and 30', () => {
    expect(movements(paid())).toEqual([['charge', 10_000, 320]])
  })

  it('books whole yen', () => {
    expect(movements(paid('pm_card_visa', 501, 'jpy'))).toEqual([['charge', 501, 45]])
  })

  it('is declined with the words of the card', () => {
    const { intent } = paid('pm_card_chargeDeclinedInsufficientFunds')
    expect(intent.status).toBe('requires_payment_method')
    expect(intent.last_payment_error?.decline_code).toBe('insufficient_funds')
  })

  it('waits for 3-D Secure and succeeds when confirmed again', () => {
    const { account, intent } = paid('pm_card_authenticationRequired')
    expect(intent.status).toBe('requires_action')
    expect(confirmPayment(account.store, intent.id).status).toBe('succeeded')
  })

  it('fails when 3-D Secure fails', () => {
    const { account, intent } = paid('pm_card_authenticationRequired')
    const { status } = confirmPayment(account.store, intent.id, { authentication: 'failed' })
    expect(status).toBe('requires_payment_method')
  })

  it('is captured later, in part', () => {
    const { account } = paid()
    const customer = account.customer()
    const intent = chargeCustomer(account.store, {
      customer,
      amount: 900,
      currency: 'eur',
      captureMethod: 'manual',
    })
    expect(account.sum('eur')).toBe(9680)
    account.call('POST', `/v1/payment_intents/${intent.id}/capture`, { amount_to_capture: '500' })
    expect(account.sum('eur')).toBe(9680 + 500 - 45)
  })

  it('cannot be confirmed twice', () => {
    const { account, intent } = paid()
    expect(() => confirmPayment(account.store, intent.id)).toThrow('status of succeeded')
  })
})

describe('refunds', () => {
  it('are never more than what was captured', () => {
    const { account, charge } = paid()
    account.call('POST', '/v1/refunds', { charge, amount: '6000' })
    expect(() => account.call('POST', '/v1/refunds', { charge, amount: '4001' })).toThrow('greater than')
    account.call('POST', '/v1/refunds', { charge })
    expect(account.get('charge', charge).refunded).toBe(true)
    expect(() => account.call('POST', '/v1/refunds', { charge })).toThrow('already been refunded')
  })

  it('that fail come back to the balance', () => {
    const { account, charge } = paid()
    const { id } = refundElsewhere(account.store, charge, 4000)
    failRefund(account.store, id)
    expect([account.sum('eur'), account.get('charge', charge).amount_refunded]).toEqual([9680, 0])
  })

  it('fail by themselves on a card that says so', () => {
    const { account, charge } = paid('pm_card_refundFail')
    expect(refundElsewhere(account.store, charge).status).toBe('failed')
  })
})

describe('a dispute', () => {
  it('takes the amount and a fee, and gives the amount back when it is won', () => {
    const { account, charge } = paid()
    const { id } = openDispute(account.store, charge)
    expect(account.sum('eur')).toBe(9680 - 10_000 - 1500)
    closeDispute(account.store, id, 'won')
    expect(account.sum('eur')).toBe(9680 - 1500)
    expect(account.events('charge.dispute')).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.funds_reinstated',
      'charge.dispute.closed',
    ])
  })

  it('that is lost gives nothing back', () => {
    const { account, charge } = paid()
    closeDispute(account.store, openDispute(account.store, charge).id, 'lost')
    expect(account.sum('eur')).toBe(9680 - 10_000 - 1500)
  })

  it('keeps the charge from being refunded', () => {
    const { account, charge } = paid()
    openDispute(account.store, charge)
    expect(() => refundElsewhere(account.store, charge)).toThrow('charged back')
  })

  it('comes by itself on a card that says so', () => {
    const { account } = paid('pm_card_createDispute')
    expect(account.events('charge.dispute.created')).toHaveLength(1)
  })
})

describe('payouts', () => {
  it('send what is available, and arrive a day later', () => {
    const { account } = paid()
    account.pass(3)
    expect(account.events('payout')).toEqual(['payout.created', 'payout.paid'])
    expect(account.sum('eur')).toBe(0)
  })

  it('that fail bring the money back', () => {
    const { account } = paid()
    account.pass(2)
    const [payout] = account.store.all('payout')
    failPayout(account.store, payout?.id ?? '')
    expect(balanceOf(account.store, 'eur').available).toBe(9680)
  })

  it('are refused beyond the balance', () => {
    const { account } = paid()
    expect(() => account.call('POST', '/v1/payouts', { amount: '1', currency: 'eur' })).toThrow(
      'insufficient',
    )
  })
})

describe('an invoice', () => {
  function owed() {
    const account = openAccount()
    account.price('price_one', 1000)
    const customer = account.customer('pm_card_chargeCustomerFail')
    const subscription = startSubscription(account.store, { customer, items: [{ price: 'price_one' }] })
    return { account, customer, id: subscription.id, invoice: subscription.latest_invoice ?? '' }
  }

  it('paid elsewhere takes no money', () => {
    const { account, id, invoice } = owed()
    payOutOfBand(account.store, invoice)
    expect([account.get('invoice', invoice).status, account.sum('eur')]).toEqual(['paid', 0])
    expect(account.get('subscription', id).status).toBe('active')
  })

  it('is paid by several payments', () => {
    const { account, customer, id, invoice } = owed()
    const pay = (amount: number) => {
      const paymentMethod = account.method('pm_card_visa', customer)
      const intent = chargeCustomer(account.store, { customer, amount, currency: 'eur', paymentMethod })
      account.call('POST', `/v1/invoices/${invoice}/attach_payment`, { payment_intent: intent.id })
    }
    pay(400)
    expect(account.get('invoice', invoice).amount_remaining).toBe(600)
    pay(600)
    expect(account.get('invoice', invoice).payments.data.map(({ status }) => status)).toEqual([
      'canceled',
      'paid',
      'paid',
    ])
    expect(account.get('subscription', id).status).toBe('active')
  })

  it('that is void cancels its payment', () => {
    const { account, invoice } = owed()
    account.call('POST', `/v1/invoices/${invoice}/void`)
    expect(account.events('payment_intent.canceled')).toHaveLength(1)
    expect(() => account.call('POST', `/v1/invoices/${invoice}/pay`)).toThrow('is void')
  })

  it('is reduced by a credit note before it is paid', () => {
    const { account, customer, invoice } = owed()
    account.call('POST', '/v1/credit_notes', { invoice, amount: '400' })
    const method = account.method('pm_card_visa', customer)
    account.call('POST', `/v1/invoices/${invoice}/pay`, { payment_method: method })
    expect(movements({ account })).toEqual([['charge', 600, 47]])
  })

  it('that is paid is refunded by a credit note', () => {
    const { account, customer, invoice } = owed()
    const method = account.method('pm_card_visa', customer)
    account.call('POST', `/v1/invoices/${invoice}/pay`, { payment_method: method })
    account.call('POST', '/v1/credit_notes', {
      invoice,
      amount: '400',
      refund_amount: '300',
      credit_amount: '100',
    })
    expect(account.get('invoice', invoice).post_payment_credit_notes_amount).toBe(400)
    expect(account.get('customer', customer).balance).toBe(-100)
    expect(movements({ account }).at(-1)).toEqual(['refund', -300, 0])
  })

  it('takes along an item that waits', () => {
    const { account, customer, id, invoice } = owed()
    payOutOfBand(account.store, invoice)
    account.call('POST', '/v1/invoiceitems', {
      customer,
      amount: '-250',
      currency: 'eur',
      description: 'Sorry',
    })
    account.pass(31)
    const next = account.get('invoice', account.get('subscription', id).latest_invoice)
    expect(next.total).toBe(750)
  })
})

describe('shares of amounts', () => {
  it('are rounded half away from zero', () => {
    expect([share(5, 1, 2), share(-5, 1, 2), share(1000, 1, 3)]).toEqual([3, -3, 333])
  })
})
