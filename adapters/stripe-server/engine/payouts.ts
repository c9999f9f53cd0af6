import { type Store, StripeFailure } from '../store.ts'
import { balanceOf, currenciesOf, recordMovement } from './balance.ts'
import { link, unlinkAll } from './links.ts'
import type { Metadata, Payout } from './objects.ts'
import { add, change, invalid, need } from './objects-in-store.ts'
import { DAY } from './periods.ts'

const DAYS_UNTIL_ARRIVAL = 1
/** Owner of the links to payouts that have not arrived. */
export const IN_TRANSIT = 'in-transit'

/** Sends money from the balance to the bank: https://docs.stripe.com/api/payouts/create. */
export function createPayout(
  store: Store,
  of: {
    amount: number
    currency: string
    automatic?: boolean
    metadata?: Metadata
    description?: string | null
  },
): Payout {
  if (of.amount < 1) throw invalid('Invalid positive integer', { param: 'amount' })
  if (of.amount > balanceOf(store, of.currency).available) throw insufficient()
  const now = store.now()
  const id = store.newId('po')
  const entry = recordMovement(store, {
    type: 'payout',
    category: 'payout',
    source: id,
    currency: of.currency,
    amount: -of.amount,
    atOnce: true,
    description: 'STRIPE PAYOUT',
  })
  link(store, 'payouts', IN_TRANSIT, id)
  return add<Payout>(
    store,
    {
      id,
      object: 'payout',
      amount: of.amount,
      application_fee: null,
      application_fee_amount: null,
      arrival_date: (Math.floor(now / DAY) + DAYS_UNTIL_ARRIVAL) * DAY,
      automatic: of.automatic ?? false,
      balance_transaction: entry.id,
      created: now,
      currency: of.currency,
      description: of.description ?? 'STRIPE PAYOUT',
      destination: 'ba_local',
      failure_balance_transaction: null,
      failure_code: null,
      failure_message: null,
      livemode: false,
      metadata: of.metadata ?? {},
      method: 'standard',
      original_payout: null,
      reconciliation_status: of.automatic ? 'completed' : 'not_applicable',
      reversed_by: null,
      source_type: 'card',
      statement_descriptor: null,
      status: 'in_transit',
      trace_id: null,
      type: 'bank_account',
    },
    'payout.created',
  )
}

const insufficient = () =>
  new StripeFailure(
    400,
    { type: 'invalid_request_error', code: 'balance_insufficient' },
    'You have insufficient funds in your Stripe account for this transfer.',
  )

/** Pays out what is available in every currency. */
export function payOutBalances(store: Store): void {
  for (const currency of currenciesOf(store)) {
    const { available } = balanceOf(store, currency)
    if (available > 0) createPayout(store, { amount: available, currency, automatic: true })
  }
}

/** The bank has it. */
export function arrivePayout(store: Store, payout: Payout): Payout {
  unlinkAll(store, 'payouts', IN_TRANSIT, new Set([payout.id]))
  if (payout.status !== 'in_transit' && payout.status !== 'pending') return payout
  const paid = change(store, payout, { status: 'paid' })
  store.emit('payout.paid', paid)
  return paid
}

/** The bank sends a payout back, even days after it arrived: https://docs.stripe.com/payouts#payout-failures. */
export function failPayout(store: Store, payoutId: string): Payout {
  const payout = need(store, 'payout', payoutId)
  if (payout.status === 'failed' || payout.status === 'canceled') return payout
  const entry = recordMovement(store, {
    type: 'payout_failure',
    category: 'payout_reversal',
    source: payout.id,
    currency: payout.currency,
    amount: payout.amount,
    atOnce: true,
    description: 'PAYOUT FAILURE',
  })
  const failed = change(store, payout, {
    status: 'failed',
    failure_balance_transaction: entry.id,
    failure_code: 'account_closed',
    failure_message: 'The bank account has been closed',
  } as Partial<Payout>)
  store.emit('payout.failed', failed)
  return failed
}
