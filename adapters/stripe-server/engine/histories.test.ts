import { expect, it } from 'vitest'
import { StripeFailure } from '../store.ts'
import { balanceOf } from './balance.ts'
import { closeDispute, failPayout, failRefund, openDispute } from './happen.ts'
import type { Charge, Invoice, PaymentIntent, Refund } from './objects.ts'
import { allOf } from './objects-in-store.ts'
import { type Account, openAccount } from './testing/account.ts'

const OPERATIONS = 300
const CARDS = ['pm_card_visa', 'pm_card_visa', 'pm_card_chargeCustomerFail', 'pm_card_authenticationRequired']

/** Numbers that look random and are the same in every run. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % sides
  }
}

type Roll = ReturnType<typeof dice>
type Move = (account: Account, roll: Roll) => unknown
const one = <T>(roll: Roll, from: readonly T[]): T | undefined => from[roll(Math.max(1, from.length))]

const MOVES: readonly Move[] = [
  (account, roll) =>
    account.call('POST', '/v1/subscriptions', {
      customer: account.customer(one(roll, CARDS)),
      items: [{ price: 'price_a', quantity: String(1 + roll(3)) }],
      ...(roll(4) === 0 && { trial_period_days: '5' }),
    }),
  (account, roll) => {
    const subscription = one(roll, allOf(account.store, 'subscription'))
    return account.call('POST', `/v1/subscriptions/${subscription?.id}`, {
      items: [
        {
          id: subscription?.items.data[0]?.id ?? '',
          price: one(roll, ['price_a', 'price_b', 'price_c']) ?? '',
        },
      ],
      proration_behavior: one(roll, ['create_prorations', 'always_invoice', 'none']) ?? '',
    })
  },
  (account, roll) =>
    account.call('POST', `/v1/subscriptions/${one(roll, allOf(account.store, 'subscription'))?.id}`, {
      cancel_at_period_end: roll(2) ? 'true' : 'false',
    }),
  (account, roll) => account.pass(roll(40) / 2),
  (account, roll) =>
    account.call(
      'POST',
      `/v1/invoices/${one(roll, allOf(account.store, 'invoice'))?.id}/${one(roll, ['void', 'pay', 'mark_uncollectible'])}`,
    ),
  (account, roll) =>
    account.call('POST', '/v1/refunds', {
      charge: one(roll, allOf(account.store, 'charge'))?.id ?? '',
      ...(roll(2) && { amount: String(1 + roll(900)) }),
    }),
  (account, roll) =>
    account.store.atomically(() =>
      openDispute(account.store, one(roll, allOf(account.store, 'charge'))?.id ?? ''),
    ),
  (account, roll) =>
    account.store.atomically(() =>
      closeDispute(
        account.store,
        one(roll, allOf(account.store, 'dispute'))?.id ?? '',
        roll(2) ? 'won' : 'lost',
      ),
    ),
  (account, roll) =>
    account.store.atomically(() =>
      failRefund(account.store, one(roll, allOf(account.store, 'refund'))?.id ?? ''),
    ),
  (account, roll) =>
    account.store.atomically(() =>
      failPayout(account.store, one(roll, allOf(account.store, 'payout'))?.id ?? ''),
    ),
  (account, roll) => {
    const invoice = one(roll, allOf(account.store, 'invoice'))
    const amount = 1 + roll(300)
    const before = Math.min(amount, invoice?.amount_remaining ?? 0)
    return account.call('POST', '/v1/credit_notes', {
      invoice: invoice?.id ?? '',
      amount: String(amount),
      credit_amount: String(amount - before),
    })
  },
]

function history(seed: number): Account {
  const account = openAccount()
  const roll = dice(seed)
  for (const [id, amount] of [
    ['price_a', 999],
    ['price_b', 2999],
  ] as const)
    account.price(id, amount)
  account.price('price_c', 19_999, {
    recurring: { interval: 'year', interval_count: 1, meter: null, usage_type: 'licensed' },
  })
  for (let nth = 0; nth < OPERATIONS; nth += 1) {
    const move = nth < 3 ? MOVES[0] : one(roll, MOVES)
    try {
      move?.(account, roll)
    } catch (error) {
      // Most random moves are refused; any other error is a defect.
      if (!(error instanceof StripeFailure)) throw error
    }
  }
  return account
}

const histories = Array.from({ length: 10 }, (_, seed) => history(seed + 1))
const all = <T>(of: (account: Account) => readonly T[]): T[] => histories.flatMap(of)

it('keeps the balance the sum of its movements', () => {
  for (const account of histories) {
    const { available, pending } = balanceOf(account.store, 'eur')
    expect(available + pending).toBe(account.sum('eur'))
  }
})

it('lets what is paid and what remains make up what is due on every invoice', () => {
  const wrong = all((account) => allOf(account.store, 'invoice')).filter(
    (invoice: Invoice) =>
      invoice.status !== 'draft' &&
      invoice.status !== 'void' &&
      invoice.amount_paid + invoice.amount_remaining !== invoice.amount_due + invoice.amount_overpaid,
  )
  expect(wrong).toEqual([])
})

it('calls an invoice paid exactly when nothing remains', () => {
  const wrong = all((account) => allOf(account.store, 'invoice')).filter(
    ({ status, amount_remaining: rest }) =>
      (status === 'paid' && rest !== 0) || (status === 'open' && rest === 0),
  )
  expect(wrong).toEqual([])
})

it('embeds the payments that there are', () => {
  const wrong = all((account) =>
    allOf(account.store, 'invoice').filter((invoice) =>
      invoice.payments.data.some((payment) => account.store.get(payment.id) !== payment),
    ),
  )
  expect(wrong.map(({ id }) => id)).toEqual([])
})

it('refunds of a charge what its refunds say', () => {
  const wrong = all((account) =>
    allOf(account.store, 'charge').filter((charge: Charge) => {
      const refunded = allOf(account.store, 'refund')
        .filter((refund: Refund) => refund.charge === charge.id && refund.status !== 'failed')
        .reduce((total, refund) => total + refund.amount, 0)
      return refunded !== charge.amount_refunded || refunded > charge.amount_captured
    }),
  )
  expect(wrong).toEqual([])
})

it('takes the money of a payment once', () => {
  const wrong = all((account) =>
    allOf(account.store, 'payment_intent').filter((intent: PaymentIntent) => {
      const taken = allOf(account.store, 'charge').filter(
        (charge) => charge.payment_intent === intent.id && charge.status === 'succeeded',
      )
      return taken.length !== (intent.status === 'succeeded' ? 1 : 0)
    }),
  )
  expect(wrong).toEqual([])
})

it('leaves no subscription without its status', () => {
  const seen = new Set(all((account) => allOf(account.store, 'subscription')).map(({ status }) => status))
  for (const status of ['active', 'canceled', 'incomplete_expired']) expect(seen).toContain(status)
})

it('sends an event whenever what a subscription or an invoice shows has changed', () => {
  for (const account of histories)
    for (const type of ['subscription', 'refund', 'dispute', 'payout'] as const)
      for (const object of allOf(account.store, type)) {
        const last = account.last(object.id)
        expect({ ...last, schedule: null, latest_invoice: null }).toEqual({
          ...object,
          schedule: null,
          latest_invoice: null,
        })
      }
})
