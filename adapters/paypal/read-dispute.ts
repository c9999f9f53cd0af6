import type { BalanceEntry, DisputeObject } from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import { amountOf } from './read-payment.ts'
import type { Dispute } from './wire.ts'

/** Outcomes in which the money is the buyer's. https://developer.paypal.com/api/customer-disputes/v1/disputes-get */
const LOST: ReadonlySet<string> = new Set(['RESOLVED_BUYER_FAVOUR', 'ACCEPTED'])

/** While buyer and seller talk, it is an inquiry: nothing was claimed yet. */
export function disputeStatus(dispute: Dispute): DisputeObject['status'] {
  const inquiry = dispute.dispute_life_cycle_stage === 'INQUIRY'
  const outcome = dispute.dispute_outcome?.outcome_code ?? ''
  if (dispute.status === 'RESOLVED') {
    if (LOST.has(outcome)) return 'lost'
    return inquiry ? 'warning_closed' : 'won'
  }
  if (dispute.status === 'WAITING_FOR_SELLER_RESPONSE' || dispute.status === 'OPEN')
    return inquiry ? 'warning_needs_response' : 'needs_response'
  return inquiry ? 'warning_under_review' : 'under_review'
}

/** A dispute, of the first transaction that it names: PayPal opens one for each. */
export function readDispute(dispute: Dispute, livemode: boolean): DisputeObject {
  const paymentId = dispute.disputed_transactions[0]?.seller_transaction_id
  if (!paymentId) throw new TypeError('a dispute of PayPal does not say what it is about')
  const { dispute_id: id, reason, seller_response_due_date: due } = dispute
  return {
    ...{
      kind: 'dispute',
      id,
      livemode,
      paymentId,
      status: disputeStatus(dispute),
      reason: reason ?? 'unknown',
    },
    ...amountOf(dispute.dispute_amount),
    evidenceDueAt: due ? new Date(due) : null,
    balance: movementsOf(dispute),
    createdAt: new Date(dispute.create_time),
  }
}

/** What was taken from us and given back; the other party's movements are not ours. */
function movementsOf({ dispute_id, create_time, money_movements }: Dispute): readonly BalanceEntry[] {
  return (money_movements ?? []).flatMap(({ affected_party, amount, initiated_time, type }, index) => {
    if (affected_party !== 'SELLER' || (type !== 'DEBIT' && type !== 'CREDIT')) return []
    const { amountMinor, currency } = amountOf(amount)
    const money = { amountMinor: type === 'DEBIT' ? -amountMinor : amountMinor, currency }
    const id = `${dispute_id}/${index}`
    const kind = type === 'DEBIT' ? 'dispute' : 'dispute_reversal'
    return [movement({ id, type: kind, money, at: new Date(initiated_time ?? create_time) })]
  })
}
