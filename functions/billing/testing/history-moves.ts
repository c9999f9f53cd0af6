import {
  arriveRefund,
  closeDispute,
  failPayout,
  failRefund,
  openDispute,
  payOutOfBand,
  refundElsewhere,
} from '../../../adapters/stripe-server/engine/happen.ts'
import type { Objects } from '../../../adapters/stripe-server/engine/objects.ts'
import { allOf } from '../../../adapters/stripe-server/engine/objects-in-store.ts'
import type { Params, Store } from '../../../adapters/stripe-server/store.ts'
import { type Account, isRefusal } from './history-account.ts'
import type { Dice } from './history-dice.ts'

export interface Moving extends Pick<Dice, 'roll' | 'chance' | 'oneOf'> {
  readonly account: Account
  readonly customers: readonly string[]
  readonly prices: readonly string[]
}

const CARDS = [
  ...['pm_card_visa', 'pm_card_visa', 'pm_card_de', 'pm_card_chargeCustomerFail', 'pm_card_refundFail'],
  ...['pm_card_pendingRefund', 'pm_card_createDispute', 'pm_card_authenticationRequired'],
]
const HOUR = 3600

/** Of the objects there are the newest are dealt with most: an old one has mostly come to its end. */
function some<K extends keyof Objects>({ account, roll }: Moving, type: K): string {
  const all = allOf(account.store, type)
  const back = Math.min(roll(all.length || 1), roll(all.length || 1))
  return all[all.length - 1 - back]?.id ?? 'none'
}

const post = ({ account }: Moving, path: string, params: Params = {}) => account.call('POST', path, params)
const happen = ({ account }: Moving, what: (store: Store) => unknown) => {
  account.store.atomically(() => what(account.store))
}

function subscribe(at: Moving): void {
  post(at, '/v1/subscriptions', {
    customer: at.oneOf(at.customers) ?? '',
    items: [{ price: at.oneOf(at.prices) ?? '', quantity: String(1 + at.roll(3)) }],
    ...(at.chance(25) ? { trial_period_days: String(1 + at.roll(9)) } : {}),
    ...(at.chance(30) ? { payment_behavior: 'allow_incomplete' } : {}),
  })
}

function changePlan(at: Moving): void {
  const id = some(at, 'subscription')
  const [item] = allOf(at.account.store, 'subscription').find((each) => each.id === id)?.items.data ?? []
  post(at, `/v1/subscriptions/${id}`, {
    items: [{ id: item?.id ?? '', price: at.oneOf(at.prices) ?? '', quantity: String(1 + at.roll(4)) }],
    proration_behavior: at.oneOf(['create_prorations', 'always_invoice', 'none']) ?? '',
  })
}

/** Somebody types in another card, which is charged from then on; sometimes the old one is taken away. */
function changeCard(at: Moving): void {
  const { account } = at
  const customer = at.oneOf(at.customers) ?? ''
  const { id: card } = post(at, `/v1/payment_methods/${at.oneOf(CARDS)}/attach`, { customer })
  post(at, `/v1/customers/${customer}`, { invoice_settings: { default_payment_method: card } })
  const old = account.store
    .all('payment_method')
    .filter((each) => each.customer === customer && each.id !== card)
  const gone = at.chance(50) && at.oneOf(old)
  if (gone) post(at, `/v1/payment_methods/${gone.id}/detach`)
}

function credit(at: Moving): void {
  const id = some(at, 'invoice')
  const invoice = allOf(at.account.store, 'invoice').find((each) => each.id === id)
  const amount = 1 + at.roll(300)
  const before = Math.min(amount, invoice?.amount_remaining ?? 0)
  post(at, '/v1/credit_notes', {
    invoice: id,
    amount: String(amount),
    credit_amount: String(amount - before),
  })
}

function payOnce(at: Moving): void {
  const customer = at.oneOf(at.customers) ?? ''
  const method = at.account.store.all('payment_method').find((each) => each.customer === customer)
  post(at, '/v1/payment_intents', {
    ...{ amount: String(100 + at.roll(900)), currency: 'eur', customer },
    ...{ payment_method: method?.id ?? '', confirm: 'true', off_session: 'true' },
  })
}

function addLine(at: Moving): void {
  const customer = at.oneOf(at.customers) ?? ''
  const amount = String(at.roll(700) - 200)
  post(at, '/v1/invoiceitems', { customer, amount, currency: 'eur', description: 'Extra' })
}

const openAt = (at: Moving) => `/v1/invoices/${some(at, 'invoice')}`

/** What can happen, with how often. */
const MOVES: readonly (readonly [weight: number, move: (at: Moving) => void])[] = [
  [10, subscribe],
  [12, changePlan],
  [
    14,
    (at) =>
      void post(at, `/v1/subscriptions/${some(at, 'subscription')}`, {
        cancel_at_period_end: String(at.chance(50)),
      }),
  ],
  [3, (at) => void at.account.call('DELETE', `/v1/subscriptions/${some(at, 'subscription')}`)],
  [3, (at) => void post(at, '/v1/subscription_schedules', { from_subscription: some(at, 'subscription') })],
  [12, (at) => at.account.pass((1 + at.roll(at.chance(15) ? 9 * 24 : 24)) * HOUR)],
  [12, (at) => void post(at, `${openAt(at)}/pay`)],
  [3, (at) => void post(at, `${openAt(at)}/void`)],
  [3, (at) => void post(at, `${openAt(at)}/mark_uncollectible`)],
  [2, (at) => happen(at, (store) => payOutOfBand(store, some(at, 'invoice')))],
  [5, credit],
  [4, addLine],
  [6, payOnce],
  [8, changeCard],
  [
    10,
    (at) =>
      happen(at, (store) =>
        refundElsewhere(store, some(at, 'charge'), at.chance(70) ? 1 + at.roll(500) : undefined),
      ),
  ],
  [4, (at) => happen(at, (store) => failRefund(store, some(at, 'refund')))],
  [4, (at) => happen(at, (store) => arriveRefund(store, some(at, 'refund')))],
  [8, (at) => happen(at, (store) => openDispute(store, some(at, 'charge')))],
  [
    8,
    (at) =>
      void post(at, `/v1/disputes/${some(at, 'dispute')}`, {
        evidence: { uncategorized_text: 'They watched it.' },
        submit: 'true',
      }),
  ],
  [
    8,
    (at) => happen(at, (store) => closeDispute(store, some(at, 'dispute'), at.chance(50) ? 'won' : 'lost')),
  ],
  [3, (at) => happen(at, (store) => failPayout(store, some(at, 'payout')))],
]
const HAT = MOVES.flatMap(([weight, move]) => Array.from({ length: weight }, () => move))

/** One random operation. Answers whether Stripe let it happen; a declined payment has happened, too. */
export function move(at: Moving): boolean {
  try {
    at.oneOf(HAT)?.(at)
    return true
  } catch (error) {
    // Any other error is a defect of the server.
    if (!isRefusal(error)) throw error
    return error.status === 402
  }
}

/** Two plans at four prices, and customers with a card who name ours. */
export function openShop(at: Omit<Moving, 'customers' | 'prices'>, references: readonly string[]): Moving {
  const { account } = at
  const product = (key: string) =>
    account.call('POST', '/v1/products', {
      ...{ name: key, metadata: { plan_key: key, features: `${key}-titles,all-titles` } },
    }).id
  const price = (of: string, amount: number, interval: string) =>
    account.call('POST', '/v1/prices', {
      ...{ product: of, currency: 'eur', unit_amount: String(amount), recurring: { interval } },
    }).id
  const [viewer, studio] = [product('viewer'), product('studio')]
  const prices = [
    price(viewer, 299, 'week'),
    price(viewer, 999, 'month'),
    price(studio, 2999, 'month'),
    price(viewer, 9999, 'year'),
  ]
  const customers = references.map((reference) => {
    const { id } = account.call('POST', '/v1/customers', {
      ...{ email: `${reference}@example.org`, name: 'Ada', metadata: { skyreel_customer: reference } },
    })
    changeCard({ ...at, prices, customers: [id] })
    return id
  })
  return { ...at, prices, customers }
}
