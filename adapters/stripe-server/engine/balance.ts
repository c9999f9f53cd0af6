import type { Store, StripeObject } from '../store.ts'
import { share } from './amounts.ts'
import type { BalanceTransaction } from './objects.ts'
import { add } from './objects-in-store.ts'
import { DAY } from './periods.ts'

/** What Stripe keeps of a card payment: 2.9 % and 30 minor units. */
export const cardFee = (amount: number): number => share(amount, 29, 1000) + 30
export const DISPUTE_FEE = 1500
const DAYS_UNTIL_AVAILABLE = 2

interface Funds extends StripeObject {
  currency: string
  available: number
  /** Net amounts by the time that they are available from. */
  pending: Readonly<Record<string, number>>
}
export interface Movement {
  readonly type: string
  readonly category: string
  readonly source: string
  readonly currency: string
  readonly amount: number
  readonly fee?: number
  /** Else only from two days later, as card payments are. */
  readonly atOnce: boolean
  readonly description?: string
}

/** Books a movement on the account's balance: https://docs.stripe.com/reports/balance-transaction-types. */
export function recordMovement(store: Store, movement: Movement): BalanceTransaction {
  const now = store.now()
  const fee = movement.fee ?? 0
  const availableOn = movement.atOnce ? now : (Math.floor(now / DAY) + DAYS_UNTIL_AVAILABLE) * DAY
  const entry: BalanceTransaction = {
    id: store.newId('txn'),
    object: 'balance_transaction',
    amount: movement.amount,
    available_on: availableOn,
    balance_type: 'payments',
    created: now,
    currency: movement.currency,
    description: movement.description ?? null,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [feeDetail(fee, movement.currency)],
    net: movement.amount - fee,
    reporting_category: movement.category,
    source: movement.source,
    status: movement.atOnce ? 'available' : 'pending',
    type: movement.type,
  }
  book(store, entry)
  return add(store, entry)
}

const feeDetail = (amount: number, currency: string) => ({
  amount,
  application: null,
  currency,
  description: 'Stripe processing fees',
  type: 'stripe_fee',
})

/** What can be paid out or transferred now, and what is on its way. */
export function balanceOf(store: Store, currency: string): { available: number; pending: number } {
  const { available, pending } = matured(fundsIn(store, currency), store.now())
  return { available, pending: Object.values(pending).reduce((total, net) => total + net, 0) }
}

/** Currencies that ever moved. */
export const currenciesOf = (store: Store): readonly string[] =>
  (store.all('skyreel.funds') as readonly Funds[]).map(({ currency }) => currency)

/** When all of a currency that is pending has become available; undefined where nothing is pending. */
export function nextAvailable(store: Store, currency: string): number | undefined {
  const times = Object.keys(fundsIn(store, currency).pending).map(Number)
  return times.length === 0 ? undefined : Math.min(...times)
}

/** The entry as it is now: what was pending becomes available by time alone. */
export const shownNow = (store: Store, entry: BalanceTransaction): BalanceTransaction =>
  entry.status === 'pending' && entry.available_on <= store.now() ? { ...entry, status: 'available' } : entry

const fundsId = (currency: string) => `funds_${currency}`
const fundsIn = (store: Store, currency: string): Funds =>
  (store.get(fundsId(currency)) as Funds | undefined) ?? {
    id: fundsId(currency),
    object: 'skyreel.funds',
    currency,
    available: 0,
    pending: {},
  }

function book(store: Store, entry: BalanceTransaction): void {
  const funds = matured(fundsIn(store, entry.currency), entry.created)
  if (entry.available_on <= entry.created) {
    store.put({ ...funds, available: funds.available + entry.net })
    return
  }
  const from = String(entry.available_on)
  store.put({ ...funds, pending: { ...funds.pending, [from]: (funds.pending[from] ?? 0) + entry.net } })
}

function matured(funds: Funds, now: number): Funds {
  const due = Object.entries(funds.pending).filter(([from]) => Number(from) <= now)
  if (due.length === 0) return funds
  const rest = Object.fromEntries(Object.entries(funds.pending).filter(([from]) => Number(from) > now))
  return { ...funds, available: due.reduce((total, [, net]) => total + net, funds.available), pending: rest }
}
