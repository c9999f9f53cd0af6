import type { Operation, Params } from '../store.ts'
import { shownNow } from './balance.ts'
import { closeDispute, giveEvidence } from './disputes.ts'
import { page } from './listing.ts'
import { allOf, change, need } from './objects-in-store.ts'
import { allow, allowList, flag, hash, integer, metadataOf, required, text } from './params.ts'
import { createPayout } from './payouts.ts'

const getter = (type: 'dispute' | 'payout', url: string): Operation => ({
  method: 'GET',
  path: `${url}/:id`,
  run: (store, { path }) => need(store, type, path.id),
})

const updateDispute: Operation = {
  method: 'POST',
  path: '/v1/disputes/:id',
  run(store, { params, path }) {
    allow(params, ['evidence', 'submit', 'metadata'])
    const dispute = need(store, 'dispute', path.id)
    if (params.metadata !== undefined)
      change(store, dispute, { metadata: metadataOf(params, dispute.metadata) })
    const evidence = hash(params, 'evidence')
    if (!evidence) return need(store, 'dispute', dispute.id)
    const submit = flag(params, 'submit') ?? true
    return giveEvidence(store, dispute.id, { evidence: textsOf(evidence), submit })
  },
}

const textsOf = (evidence: Params): Record<string, string> =>
  Object.fromEntries(Object.keys(evidence).map((name) => [name, text(evidence, name) ?? '']))

const close: Operation = {
  method: 'POST',
  path: '/v1/disputes/:id/close',
  run: (store, { path }) => closeDispute(store, need(store, 'dispute', path.id).id, 'lost'),
}

const listDisputes: Operation = {
  method: 'GET',
  path: '/v1/disputes',
  run(store, { params }) {
    allowList(params, ['charge', 'payment_intent'])
    const [charge, intent] = [text(params, 'charge'), text(params, 'payment_intent')]
    const found = allOf(store, 'dispute').filter(
      (each) => (!charge || each.charge === charge) && (!intent || each.payment_intent === intent),
    )
    return page(params, '/v1/disputes', found)
  },
}

const listMovements: Operation = {
  method: 'GET',
  path: '/v1/balance_transactions',
  run(store, { params }) {
    allowList(params, ['type', 'currency', 'source', 'payout'])
    const [type, currency, source] = ['type', 'currency', 'source'].map((name) => text(params, name))
    const found = allOf(store, 'balance_transaction').filter(
      (entry) =>
        (!type || entry.type === type) &&
        (!currency || entry.currency === currency) &&
        (!source || entry.source === source),
    )
    return page(
      params,
      '/v1/balance_transactions',
      found.map((entry) => shownNow(store, entry)),
    )
  },
}

const makePayout: Operation = {
  method: 'POST',
  path: '/v1/payouts',
  run(store, { params }) {
    allow(params, ['amount', 'currency', 'metadata', 'description', 'method', 'statement_descriptor'])
    required(params, 'amount')
    return createPayout(store, {
      amount: integer(params, 'amount') ?? 0,
      currency: required(params, 'currency').toLowerCase(),
      metadata: metadataOf(params),
      description: text(params, 'description') ?? null,
    })
  },
}

const listPayouts: Operation = {
  method: 'GET',
  path: '/v1/payouts',
  run(store, { params }) {
    allowList(params, ['status', 'arrival_date', 'destination'])
    const status = text(params, 'status')
    return page(
      params,
      '/v1/payouts',
      allOf(store, 'payout').filter((payout) => !status || payout.status === status),
    )
  },
}

export const accountOperations: readonly Operation[] = [
  getter('dispute', '/v1/disputes'),
  listDisputes,
  updateDispute,
  close,
  {
    method: 'GET',
    path: '/v1/balance_transactions/:id',
    run: (store, { path }) => shownNow(store, need(store, 'balance_transaction', path.id)),
  },
  listMovements,
  makePayout,
  getter('payout', '/v1/payouts'),
  listPayouts,
]
