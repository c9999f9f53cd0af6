import type { Store } from '../store.ts'
import { cardFee, recordMovement } from './balance.ts'
import type { Charge, PaymentIntent, PaymentMethod } from './objects.ts'
import { add, change } from './objects-in-store.ts'
import type { Decline, TestCard } from './test-cards.ts'

/** Takes the money of a charge: it is on the balance, less the fee, and available later. */
export function takeMoney(
  store: Store,
  charge: Charge,
  { amount, card }: { amount: number; card: TestCard },
): Charge {
  const entry = recordMovement(store, {
    type: 'charge',
    category: 'charge',
    source: charge.id,
    currency: charge.currency,
    amount,
    fee: cardFee(amount),
    atOnce: card.availableAtOnce === true,
  })
  return change(store, charge, { amount_captured: amount, balance_transaction: entry.id, captured: true })
}

/** One try to take a payment's money. No event is sent of it yet. */
export function addCharge(
  store: Store,
  intent: PaymentIntent,
  method: PaymentMethod,
  how: { status: 'succeeded' | 'failed'; captured?: boolean; why?: Decline },
): Charge {
  const id = store.newId('ch')
  return add<Charge>(store, {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details ?? null,
    calculated_statement_descriptor: 'SKYREEL',
    captured: how.captured ?? false,
    created: store.now(intent.customer ?? undefined),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: how.why?.code ?? null,
    failure_message: how.why?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(how.why),
    paid: how.status === 'succeeded',
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { card: method.card ?? null, type: method.type },
    receipt_email: null,
    receipt_number: null,
    receipt_url: how.status === 'succeeded' ? `https://pay.stripe.com/receipts/${id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    status: how.status,
    transfer_data: null,
    transfer_group: null,
  })
}

const outcomeOf = (why: Decline | undefined) => ({
  network_status: why ? 'declined_by_network' : 'approved_by_network',
  reason: why?.declineCode ?? null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: why
    ? 'The bank did not return any further details with this decline.'
    : 'Payment complete.',
  type: why ? 'issuer_declined' : 'authorized',
})
