import { balanceOf, currenciesOf, recordMovement } from '../engine/balance.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import { type Params, type Store, StripeFailure, type StripeObject } from '../store.ts'
import { change, existing, integer, invalid, listed, make, metadata, text } from './fields.ts'

/** Money from our balance to a connected account's. https://docs.stripe.com/api/transfers */
export const transferOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/transfers',
    accepts: [
      ...['amount', 'currency', 'destination', 'metadata', 'description', 'transfer_group'],
      'source_transaction',
    ],
    requires: ['currency', 'destination'],
    run: (store, { params }) => makeTransfer(store, params),
  },
  {
    method: 'GET',
    path: '/v1/transfers',
    accepts: ['limit', 'starting_after', 'ending_before', 'created', 'destination', 'transfer_group'],
    run: (store, { params }) =>
      listOf('/v1/transfers', listed(store, 'transfer', { params, by: ['destination', 'transfer_group'] })),
  },
  {
    method: 'GET',
    path: '/v1/transfers/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'transfer', path.id),
  },
  {
    method: 'POST',
    path: '/v1/transfers/:id',
    accepts: ['metadata', 'description'],
    run(store, { path, params }) {
      const before = existing(store, 'transfer', path.id)
      const fields = { metadata: metadata(params, before.metadata), description: text(params, 'description') }
      return change(store, 'transfer.updated', { before, fields })
    },
  },
  {
    method: 'POST',
    path: '/v1/transfers/:id/reversals',
    accepts: ['amount', 'metadata', 'description', 'refund_application_fee'],
    run: (store, { path, params }) => reverse(store, existing(store, 'transfer', path.id), params),
  },
  {
    method: 'GET',
    path: '/v1/transfers/:id/reversals',
    accepts: ['limit', 'starting_after', 'ending_before'],
    run(store, { path }) {
      const { id, reversals } = existing(store, 'transfer', path.id)
      const { data } = reversals as { data: readonly StripeObject[] }
      return listOf(`/v1/transfers/${id}/reversals`, data)
    },
  },
  {
    method: 'GET',
    path: '/v1/balance',
    accepts: [],
    run(store) {
      const amounts = (part: 'available' | 'pending') =>
        currenciesOf(store).map((currency) => ({ amount: balanceOf(store, currency)[part], currency }))
      const balance = { object: 'balance', available: amounts('available'), pending: amounts('pending') }
      return { ...balance, livemode: false } as unknown as StripeObject
    },
  },
  {
    method: 'POST',
    path: '/v1/topups',
    accepts: ['amount', 'currency', 'description', 'metadata', 'statement_descriptor'],
    requires: ['amount', 'currency'],
    run: (store, { params }) => makeTopup(store, params),
  },
]

function makeTransfer(store: Store, params: Params): StripeObject {
  const destination = existing(store, 'account', text(params, 'destination') ?? '', 'destination')
  const amount = positive(params)
  const currency = (text(params, 'currency') ?? '').toLowerCase()
  if ((destination.capabilities as { transfers?: string }).transfers !== 'active')
    throw cannotReceive(destination.id)
  if (amount > balanceOf(store, currency).available) throw insufficient()
  const id = store.newId('tr')
  const source = id
  const movement = { type: 'transfer', category: 'transfer', source, currency, amount: -amount, atOnce: true }
  return make(store, 'transfer.created', {
    id,
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: recordMovement(store, movement).id,
    created: store.now(),
    currency,
    description: text(params, 'description') ?? null,
    destination: destination.id,
    destination_payment: store.newId('py'),
    livemode: false,
    metadata: metadata(params),
    reversals: reversalList(id, []),
    reversed: false,
    source_transaction: null,
    source_type: 'card',
    transfer_group: text(params, 'transfer_group') ?? null,
  })
}

function reverse(store: Store, before: StripeObject, params: Params): StripeObject {
  const left = Number(before.amount) - Number(before.amount_reversed)
  const amount = integer(params, 'amount') ?? left
  if (amount < 1 || amount > left) throw tooMuch(amount, left)
  const id = store.newId('trr')
  const currency = String(before.currency)
  const movement = {
    type: 'transfer',
    category: 'transfer_reversal',
    source: id,
    currency,
    amount,
    atOnce: true,
  }
  const reversal = {
    id,
    object: 'transfer_reversal',
    amount,
    balance_transaction: recordMovement(store, { ...movement, type: 'transfer_refund' }).id,
    created: store.now(),
    currency,
    metadata: metadata(params),
    transfer: before.id,
  }
  store.put(reversal)
  const { data } = before.reversals as { data: readonly StripeObject[] }
  const fields = {
    amount_reversed: Number(before.amount_reversed) + amount,
    reversed: amount === left,
    reversals: reversalList(before.id, [reversal, ...data]),
  }
  change(store, 'transfer.reversed', { before, fields })
  return reversal
}

// Tests and the demo fill the balance with it: at Stripe it comes from our bank.
function makeTopup(store: Store, params: Params): StripeObject {
  const amount = positive(params)
  const currency = (text(params, 'currency') ?? '').toLowerCase()
  const id = store.newId('tu')
  const movement = { type: 'topup', category: 'topup', source: id, currency, amount, atOnce: true }
  return make(store, 'topup.succeeded', {
    id,
    object: 'topup',
    amount,
    balance_transaction: recordMovement(store, movement).id,
    created: store.now(),
    currency,
    description: text(params, 'description') ?? null,
    livemode: false,
    metadata: metadata(params),
    status: 'succeeded',
  })
}

function reversalList(id: string, data: readonly StripeObject[]) {
  return {
    object: 'list',
    data,
    has_more: false,
    total_count: data.length,
    url: `/v1/transfers/${id}/reversals`,
  }
}

function positive(params: Params): number {
  const amount = integer(params, 'amount')
  if (amount === undefined) throw invalid('amount', 'Missing required param: amount.', 'parameter_missing')
  if (amount < 1)
    throw invalid('amount', 'This value must be greater than or equal to 1.', 'parameter_invalid_integer')
  return amount
}

function insufficient(): StripeFailure {
  const body = { type: 'invalid_request_error', code: 'balance_insufficient' }
  return new StripeFailure(400, body, 'You have insufficient available funds in your Stripe account.')
}

function cannotReceive(id: string): StripeFailure {
  const body = { type: 'invalid_request_error', code: 'insufficient_capabilities_for_transfer' }
  const message = `Your destination account (${id}) needs the transfers capability enabled.`
  return new StripeFailure(400, body, message)
}

function tooMuch(amount: number, left: number): StripeFailure {
  return invalid('amount', `Reversal amount (${amount}) is greater than the unreversed amount (${left}).`)
}
