import { describe, expect, it } from 'vitest'
import { changeSettings } from './settings.ts'
import { startSubscription } from './subscribe.ts'
import { type Account, DAYS, openAccount, START } from './testing/account.ts'

const MONTH = 31 * DAYS

function subscribed(account: Account, token = 'pm_card_visa', amount = 1000) {
  const customer = account.customer(token)
  account.price('price_one', amount)
  return account.store.atomically(() =>
    startSubscription(account.store, { customer, items: [{ price: 'price_one' }] }),
  )
}

describe('a new subscription', () => {
  it('is active with a paid invoice when the card takes the charge', () => {
    const account = openAccount()
    const subscription = subscribed(account)
    const invoice = account.get('invoice', subscription.latest_invoice)
    expect([subscription.status, invoice.status, invoice.amount_paid]).toEqual(['active', 'paid', 1000])
  })

  it('is incomplete when the card declines', () => {
    const account = openAccount()
    const subscription = subscribed(account, 'pm_card_chargeCustomerFail')
    const invoice = account.get('invoice', subscription.latest_invoice)
    expect([subscription.status, invoice.status, invoice.next_payment_attempt]).toEqual([
      'incomplete',
      'open',
      null,
    ])
  })

  it('expires after 23 hours without a payment, and its invoice is void', () => {
    const account = openAccount()
    const { id, latest_invoice } = subscribed(account, 'pm_card_chargeCustomerFail')
    account.pass(1)
    expect(account.get('subscription', id).status).toBe('incomplete_expired')
    expect(account.get('invoice', latest_invoice).status).toBe('void')
  })

  it('becomes active when its payment is confirmed after 3-D Secure', () => {
    const account = openAccount()
    const { id, latest_invoice } = subscribed(account, 'pm_card_authenticationRequired')
    const intent = account.get('invoice', latest_invoice).payments.data[0]?.payment.payment_intent
    expect(account.get('payment_intent', intent ?? '').status).toBe('requires_action')
    account.call('POST', `/v1/payment_intents/${intent}/confirm`)
    expect(account.get('subscription', id).status).toBe('active')
  })

  it('tells of each step in order', () => {
    const account = openAccount()
    subscribed(account)
    expect(account.events()).toEqual([
      'customer.subscription.created',
      'invoice.created',
      'invoice.finalized',
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.succeeded',
      'invoice_payment.paid',
      'invoice.updated',
      'invoice.paid',
      'invoice.payment_succeeded',
      'customer.subscription.updated',
    ])
  })

  it('tells the status that it had before', () => {
    const account = openAccount()
    subscribed(account)
    const { data } = account.lastEvent('customer.subscription.updated') ?? {}
    expect(data?.previous_attributes).toEqual({ status: 'incomplete' })
  })

  it('is refused in a second currency while another runs', () => {
    const account = openAccount()
    const { customer } = subscribed(account)
    account.price('price_usd', 900, { currency: 'usd' })
    expect(() =>
      account.call('POST', '/v1/subscriptions', { customer, items: [{ price: 'price_usd' }] }),
    ).toThrow('cannot combine currencies')
  })

  it('is billed in a currency that the price has as an option', () => {
    const account = openAccount()
    account.price('price_both', 1000, {
      currency_options: { jpy: { unit_amount: 1500, unit_amount_decimal: '1500' } },
    })
    const { latest_invoice } = startSubscription(account.store, {
      customer: account.customer(),
      items: [{ price: 'price_both' }],
      currency: 'jpy',
    })
    const { total, currency } = account.get('invoice', latest_invoice)
    expect([total, currency]).toEqual([1500, 'jpy'])
  })

  it('without a payment method is refused', () => {
    const account = openAccount()
    expect(() => subscribed(account, '')).toThrow('no attached payment source')
  })

  it('adds tax by the country of the customer', () => {
    const account = openAccount()
    account.price('price_one', 1000)
    const customer = account.customer('pm_card_visa', { address: { country: 'DE' } })
    const { latest_invoice } = startSubscription(account.store, {
      customer,
      items: [{ price: 'price_one' }],
      automaticTax: true,
    })
    const { subtotal, total } = account.get('invoice', latest_invoice)
    expect([subtotal, total]).toEqual([1000, 1190])
  })
})

describe('time', () => {
  it('renews at the end of the period, from the anchor', () => {
    const account = openAccount()
    const { id } = subscribed(account)
    account.pass(31)
    const [item] = account.get('subscription', id).items.data
    expect([item?.current_period_start, item?.current_period_end]).toEqual([
      START + MONTH,
      Date.UTC(2026, 2, 15, 12) / 1000,
    ])
    expect(account.events('invoice.paid')).toHaveLength(2)
  })

  it('renews as often as a long pause has periods', () => {
    const account = openAccount()
    subscribed(account)
    account.pass(365)
    expect(account.events('invoice.paid')).toHaveLength(13)
  })

  it('brings nothing twice', () => {
    const account = openAccount()
    subscribed(account)
    account.pass(40)
    const before = account.events().length
    account.pass(0)
    expect(account.events()).toHaveLength(before)
  })

  it('ends a trial with the first payment, after a notice', () => {
    const account = openAccount()
    account.price('price_one', 1000)
    const { id, status } = startSubscription(account.store, {
      customer: account.customer(),
      items: [{ price: 'price_one' }],
      trialDays: 14,
    })
    expect(status).toBe('trialing')
    account.pass(11)
    expect(account.events('customer.subscription.trial_will_end')).toHaveLength(1)
    account.pass(3)
    const subscription = account.get('subscription', id)
    expect(subscription.status).toBe('active')
    expect(account.get('invoice', subscription.latest_invoice).amount_paid).toBe(1000)
  })

  it('pauses a trial that ends without a payment method, until it is resumed', () => {
    const account = openAccount()
    account.price('price_one', 1000)
    const customer = account.customer('')
    const { id } = startSubscription(account.store, {
      customer,
      items: [{ price: 'price_one' }],
      trialDays: 3,
      missingPaymentMethod: 'pause',
    })
    account.pass(3)
    expect(account.get('subscription', id).status).toBe('paused')
    account.call('POST', `/v1/subscriptions/${id}`, {
      default_payment_method: account.method('pm_card_visa', customer),
    })
    account.call('POST', `/v1/subscriptions/${id}/resume`)
    expect(account.get('subscription', id).status).toBe('active')
  })

  it('ends a subscription at the end of its period', () => {
    const account = openAccount()
    const { id } = subscribed(account)
    account.call('POST', `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' })
    account.pass(32)
    expect(account.get('subscription', id).ended_at).toBe(START + MONTH)
    expect(account.events('invoice.created')).toHaveLength(1)
  })

  it('goes on when the cancellation is taken back', () => {
    const account = openAccount()
    const { id } = subscribed(account)
    account.call('POST', `/v1/subscriptions/${id}`, { cancel_at_period_end: 'true' })
    account.call('POST', `/v1/subscriptions/${id}`, { cancel_at_period_end: 'false' })
    account.pass(32)
    const { status, cancel_at, canceled_at } = account.get('subscription', id)
    expect([status, cancel_at, canceled_at]).toEqual(['active', null, null])
  })

  it('stops at a test clock, and moves with it alone', () => {
    const account = openAccount()
    const clock = account.call('POST', '/v1/test_helpers/test_clocks', { frozen_time: String(START) })
    account.price('price_one', 1000)
    const customer = account.customer('pm_card_visa', { test_clock: clock.id })
    const { id } = startSubscription(account.store, { customer, items: [{ price: 'price_one' }] })
    account.pass(40)
    expect(account.get('subscription', id).items.data[0]?.current_period_start).toBe(START)
    account.call('POST', `/v1/test_helpers/test_clocks/${clock.id}/advance`, {
      frozen_time: String(START + MONTH),
    })
    expect(account.get('subscription', id).items.data[0]?.current_period_start).toBe(START + MONTH)
    expect(account.lastEvent('invoice.paid')?.created).toBe(START + MONTH)
  })
})

describe('a failed renewal', () => {
  function failing() {
    const account = openAccount()
    const { id, customer } = subscribed(account)
    const method = account.method('pm_card_chargeCustomerFail', customer)
    account.call('POST', `/v1/subscriptions/${id}`, { default_payment_method: method })
    return { account, id, customer }
  }

  it('makes the subscription past due, with a next try after three days', () => {
    const { account, id } = failing()
    account.pass(31)
    const { status, latest_invoice } = account.get('subscription', id)
    expect(status).toBe('past_due')
    expect(account.get('invoice', latest_invoice).next_payment_attempt).toBe(START + MONTH + 3 * DAYS)
  })

  it('is tried again after 3, 5 and 7 days, then the subscription is canceled', () => {
    const { account, id } = failing()
    account.pass(31 + 14.9)
    expect(account.get('subscription', id).status).toBe('past_due')
    account.pass(0.2)
    expect(account.get('subscription', id).status).toBe('canceled')
    expect(account.events('invoice.payment_failed')).toHaveLength(4)
  })

  it('leaves it unpaid where the account says so, and drafts what follows', () => {
    const { account, id } = failing()
    changeSettings(account.store, { afterLastRetry: 'mark-unpaid' })
    account.pass(31 + 15)
    expect(account.get('subscription', id).status).toBe('unpaid')
    account.pass(30)
    const { latest_invoice } = account.get('subscription', id)
    expect(account.get('invoice', latest_invoice).status).toBe('draft')
  })

  it('is active again when a retry succeeds with a new card', () => {
    const { account, id, customer } = failing()
    account.pass(32)
    const method = account.method('pm_card_visa', customer)
    account.call('POST', `/v1/subscriptions/${id}`, { default_payment_method: method })
    account.pass(3)
    expect(account.get('subscription', id).status).toBe('active')
  })

  it('answers 402 to a manual try, and keeps the failed charge', () => {
    const { account, id } = failing()
    account.pass(31)
    const { latest_invoice } = account.get('subscription', id)
    const before = account.events('charge.failed').length
    expect(() => account.call('POST', `/v1/invoices/${latest_invoice}/pay`)).toThrow('declined')
    expect(account.events('charge.failed')).toHaveLength(before + 1)
  })

  it('is good again when the invoice is marked uncollectible', () => {
    const { account, id } = failing()
    account.pass(31)
    const { latest_invoice } = account.get('subscription', id)
    account.call('POST', `/v1/invoices/${latest_invoice}/mark_uncollectible`)
    expect(account.get('subscription', id).status).toBe('active')
  })
})
