import type { Found } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import type { Operation, Params, Store, StripeObject } from '../store.ts'
import { existing, integer, invalid, listed, metadata, text } from './fields.ts'

const DAY = 24 * 3600
const DELAY_DAYS = 2

/** A payout of a connected account, kept apart from those of our own. */
interface Kept extends StripeObject {
  object: 'skyreel.connected_payout'
  payout: StripeObject
}

/** Payouts for calls with the header Stripe-Account; the others go on to the operation that is given. */
export function ofConnectedAccounts(operation: Operation): Operation {
  const own = CONNECTED[`${operation.method} ${operation.path}` as keyof typeof CONNECTED]
  if (!own) return operation
  return {
    ...operation,
    run: (store, call) =>
      call.account ? own(store, { ...call, account: call.account }) : operation.run(store, call),
  }
}

type Call = { readonly params: Params; readonly path: Found['path']; readonly account: string }
type Connected = (store: Store, call: Call) => StripeObject

const CONNECTED: Readonly<Record<string, Connected>> = {
  'GET /v1/payouts': (store, { account }) => listOf('/v1/payouts', payoutsOf(store, account).toReversed()),
  'GET /v1/payouts/:id': (store, { path, account }) => {
    const kept = store.get(keyOf(path.id ?? '')) as Kept | undefined
    return kept?.payout._account === account ? kept.payout : existing(store, 'payout', undefined)
  },
  'POST /v1/payouts': (store, { params, account }) => {
    const amount = integer(params, 'amount') ?? 0
    const currency = text(params, 'currency') ?? ''
    if (amount < 1) throw invalid('amount', 'Missing required param: amount.', 'parameter_missing')
    if (amount > leftOf(store, account, currency))
      throw invalid('amount', 'Insufficient funds.', 'balance_insufficient')
    return payOut(store, { account, amount, currency, metadata: metadata(params) })
  },
}

/** Pays connected accounts out two days after a transfer, and lets what is on its way arrive a day later. */
export function advanceConnectedPayouts(store: Store): void {
  for (const kept of store.all('skyreel.connected_payout') as readonly Kept[]) {
    const { payout } = kept
    if (payout.status === 'in_transit' && Number(payout.arrival_date) <= store.now())
      settle(store, kept, { status: 'paid' })
  }
  for (const account of store.all('account'))
    if (account.payouts_enabled === true) payWhatIsLeft(store, account.id)
}

/** The bank sends a connected account's payout back: the money is on its balance again. */
export function failConnectedPayout(store: Store, id: string): boolean {
  const kept = store.get(keyOf(id)) as Kept | undefined
  if (!kept) return false
  const because = { failure_code: 'account_closed', failure_message: 'The bank account has been closed' }
  settle(store, kept, { status: 'failed', ...because })
  return true
}

function payWhatIsLeft(store: Store, account: string): void {
  const ripe = store.now() - DELAY_DAYS * DAY
  const incoming = transfersTo(store, account).filter((transfer) => Number(transfer.created) <= ripe)
  for (const currency of new Set(incoming.map((transfer) => String(transfer.currency)))) {
    // A failed payout waits for another bank account, as at Stripe, and is not tried for ever.
    if (payoutsOf(store, account).some((each) => each.currency === currency && each.status === 'failed'))
      continue
    const left = leftOf(store, account, currency, incoming)
    if (left > 0) payOut(store, { account, amount: left, currency, metadata: {} })
  }
}

function payOut(
  store: Store,
  of: { account: string; amount: number; currency: string; metadata: Record<string, string> },
): StripeObject {
  const id = store.newId('po')
  const payout: StripeObject = {
    id,
    object: 'payout',
    amount: of.amount,
    arrival_date: store.now() + DAY,
    automatic: true,
    balance_transaction: null,
    created: store.now(),
    currency: of.currency,
    description: 'STRIPE PAYOUT',
    destination: 'ba_payee',
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: false,
    metadata: of.metadata,
    method: 'standard',
    source_type: 'card',
    status: 'in_transit',
    type: 'bank_account',
    _account: of.account,
  }
  store.put({ id: keyOf(id), object: 'skyreel.connected_payout', payout })
  store.emit('payout.created', payout)
  return payout
}

function settle(store: Store, kept: Kept, fields: { status: string } & Record<string, unknown>): void {
  const payout = { ...kept.payout, ...fields }
  store.put({ ...kept, payout })
  store.emit(fields.status === 'paid' ? 'payout.paid' : 'payout.failed', payout)
}

function leftOf(store: Store, account: string, currency: string, from = transfersTo(store, account)): number {
  const came = from
    .filter((transfer) => transfer.currency === currency)
    .reduce((sum, transfer) => sum + Number(transfer.amount) - Number(transfer.amount_reversed), 0)
  return payoutsOf(store, account)
    .filter((payout) => payout.currency === currency && payout.status !== 'failed')
    .reduce((left, payout) => left - Number(payout.amount), came)
}

function transfersTo(store: Store, destination: string): StripeObject[] {
  return listed(store, 'transfer', { params: { destination }, by: ['destination'] })
}

function payoutsOf(store: Store, account: string): StripeObject[] {
  const all = store.all('skyreel.connected_payout') as readonly Kept[]
  return all.map(({ payout }) => payout).filter((payout) => payout._account === account)
}

function keyOf(id: string): string {
  return `skyreel_connected_${id}`
}
