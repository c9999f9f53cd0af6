import type { Store } from '../store.ts'
import { DISPUTE_FEE, recordMovement } from './balance.ts'
import { link, linked } from './links.ts'
import type { BalanceTransaction, Dispute, PaymentIntent } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'
import { DAY } from './periods.ts'
import { cardOf } from './test-cards.ts'

const DAYS_FOR_EVIDENCE = 7
const CLOSED = new Set(['won', 'lost', 'warning_closed', 'prevented'])

/** A cardholder disputes a charge: the bank takes what is not refunded yet, and a fee. https://docs.stripe.com/disputes */
export function openDispute(store: Store, chargeId: string, reason = 'fraudulent'): Dispute {
  const charge = need(store, 'charge', chargeId)
  const amount = charge.amount_captured - charge.amount_refunded
  if (charge.status !== 'succeeded' || amount < 1 || linked(store, 'disputes', chargeId).length > 0)
    throw invalid(`Charge ${chargeId} cannot be disputed.`)
  const now = store.now(charge.customer ?? undefined)
  const id = store.newId('du')
  const taken = move(store, { id, currency: charge.currency, amount: -amount, fee: DISPUTE_FEE })
  const dispute = add<Dispute>(store, {
    id,
    object: 'dispute',
    amount,
    balance_transactions: [taken],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    customer: charge.customer,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: {
      due_by: now + DAYS_FOR_EVIDENCE * DAY,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    status: 'needs_response',
  })
  link(store, 'disputes', charge.id, id)
  change(store, charge, { disputed: true })
  store.emit('charge.dispute.created', dispute)
  store.emit('charge.dispute.funds_withdrawn', dispute)
  return dispute
}

function move(
  store: Store,
  of: { id: string; currency: string; amount: number; fee: number },
): BalanceTransaction {
  const back = of.amount > 0
  return recordMovement(store, {
    type: 'adjustment',
    category: back ? 'dispute_reversal' : 'dispute',
    source: of.id,
    currency: of.currency,
    amount: of.amount,
    fee: of.fee,
    atOnce: true,
    description: back ? 'Chargeback reversal' : 'Chargeback withdrawal',
  })
}

/** The bank has decided. Money that is won comes back; the fee does not. */
export function closeDispute(store: Store, disputeId: string, outcome: 'won' | 'lost'): Dispute {
  const dispute = need(store, 'dispute', disputeId)
  if (CLOSED.has(dispute.status)) throw invalid(`This dispute is already closed: it is ${dispute.status}.`)
  if (outcome === 'won') {
    const { id, currency, amount } = dispute
    const back = move(store, { id, currency, amount, fee: 0 })
    const won = change(store, dispute, {
      status: 'won',
      balance_transactions: [...dispute.balance_transactions, back],
      is_charge_refundable: true,
    } as Partial<Dispute>)
    store.emit('charge.dispute.funds_reinstated', won)
  } else change(store, dispute, { status: 'lost' })
  const closed = need(store, 'dispute', disputeId)
  store.emit('charge.dispute.closed', closed)
  return closed
}

/** Evidence for the bank: https://docs.stripe.com/api/disputes/update. */
export function giveEvidence(
  store: Store,
  disputeId: string,
  of: { evidence: Readonly<Record<string, string>>; submit: boolean },
): Dispute {
  const dispute = need(store, 'dispute', disputeId)
  if (CLOSED.has(dispute.status)) throw invalid('This dispute is already closed.')
  const count = Number(dispute.evidence_details.submission_count ?? 0)
  return change(
    store,
    dispute,
    {
      evidence: { ...dispute.evidence, ...of.evidence },
      evidence_details: {
        ...dispute.evidence_details,
        has_evidence: true,
        submission_count: count + (of.submit ? 1 : 0),
      },
      status: of.submit ? 'under_review' : dispute.status,
    },
    'charge.dispute.updated',
  )
}

/** Some test cards are disputed as soon as they have paid. */
export function openDisputeOfCard(store: Store, intent: PaymentIntent): void {
  if (intent.status !== 'succeeded' || !intent.latest_charge) return
  const reason = cardOf(find(store, 'payment_method', intent.payment_method) ?? {}).disputedAs
  if (reason && linked(store, 'disputes', intent.latest_charge).length === 0)
    openDispute(store, intent.latest_charge, reason)
}
