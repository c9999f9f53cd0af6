import { type Store, StripeFailure } from '../store.ts'
import { recordMovement } from './balance.ts'
import { link, linked } from './links.ts'
import type { Charge, Metadata, Refund } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'
import { cardOf } from './test-cards.ts'

export interface NewRefund {
  /** Undefined: all that is left. */
  readonly amount?: number | undefined
  readonly reason?: string | null | undefined
  readonly metadata?: Metadata
}

/** https://docs.stripe.com/api/refunds/create. The fee of the payment is not given back. */
export function refundCharge(store: Store, charge: Charge, of: NewRefund): Refund {
  const amount = allowedAmount(store, charge, of.amount)
  const method = find(store, 'payment_method', charge.payment_method)
  const behaviour = cardOf(method ?? {}).refunds
  const refund = book(store, newRefund(store, charge, { ...of, amount, pending: behaviour === 'pending' }))
  link(store, 'refunds', charge.id, refund.id)
  store.emit('refund.created', refund)
  const refunded = charge.amount_refunded + amount
  change(
    store,
    charge,
    { amount_refunded: refunded, refunded: refunded === charge.amount_captured },
    'charge.refunded',
  )
  if (behaviour === 'fail-later') failRefund(store, refund.id)
  return find(store, 'refund', refund.id) ?? refund
}

function allowedAmount(store: Store, charge: Charge, asked: number | undefined): number {
  if (charge.status !== 'succeeded' || !charge.captured)
    throw invalid(`Charge ${charge.id} has not been captured, so that it cannot be refunded.`, {
      code: 'charge_not_refundable',
    })
  if (isDisputed(store, charge))
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  const left = charge.amount_captured - charge.amount_refunded
  if (left === 0)
    throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  const amount = asked ?? left
  if (amount < 1)
    throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount > left)
    throw invalid(
      `Refund amount (${amount} ${charge.currency}) is greater than unrefunded amount on charge (${left} ${charge.currency})`,
      { param: 'amount' },
    )
  return amount
}

function isDisputed(store: Store, charge: Charge): boolean {
  return linked(store, 'disputes', charge.id).some((id) => find(store, 'dispute', id)?.status !== 'won')
}

function newRefund(
  store: Store,
  charge: Charge,
  of: NewRefund & { amount: number; pending: boolean },
): Refund {
  return {
    id: store.newId('re'),
    object: 'refund',
    amount: of.amount,
    balance_transaction: null,
    charge: charge.id,
    created: store.now(charge.customer ?? undefined),
    currency: charge.currency,
    customer: charge.customer,
    destination_details: { card: { type: 'refund' }, type: 'card' },
    metadata: of.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: of.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: of.pending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
}

function book(store: Store, refund: Refund): Refund {
  const entry = recordMovement(store, {
    type: 'refund',
    category: 'refund',
    source: refund.id,
    currency: refund.currency,
    amount: -refund.amount,
    atOnce: true,
    description: 'REFUND',
  })
  return add(store, { ...refund, balance_transaction: entry.id })
}

/** The bank gives the money of a refund back: https://docs.stripe.com/refunds#failed-refunds. */
export function failRefund(store: Store, refundId: string): Refund {
  const refund = need(store, 'refund', refundId)
  if (refund.status === 'failed') return refund
  const entry = recordMovement(store, {
    type: 'refund_failure',
    category: 'refund_failure',
    source: refund.id,
    currency: refund.currency,
    amount: refund.amount,
    atOnce: true,
    description: 'REFUND FAILURE',
  })
  const failed = change(
    store,
    refund,
    {
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
      failure_balance_transaction: entry.id,
    } as Partial<Refund>,
    'refund.updated',
  )
  store.emit('refund.failed', failed)
  const charge = need(store, 'charge', refund.charge)
  change(
    store,
    charge,
    { amount_refunded: charge.amount_refunded - refund.amount, refunded: false },
    'charge.updated',
  )
  return failed
}

/** A refund that was on its way has arrived. */
export function arriveRefund(store: Store, refundId: string): Refund {
  const refund = need(store, 'refund', refundId)
  return refund.status === 'pending'
    ? change(store, refund, { status: 'succeeded' }, 'refund.updated')
    : refund
}

/** The charge that a refund request names, by itself or by its payment. */
export function chargeToRefund(
  store: Store,
  of: { charge?: string | undefined; intent?: string | undefined },
): Charge {
  if (of.charge !== undefined) return need(store, 'charge', of.charge, 'charge')
  if (of.intent === undefined)
    throw invalid(
      'One of the following params should be provided for this request: payment_intent or charge.',
    )
  const intent = need(store, 'payment_intent', of.intent, 'payment_intent')
  const charge = find(store, 'charge', intent.latest_charge)
  if (charge?.status === 'succeeded') return charge
  throw new StripeFailure(
    400,
    { type: 'invalid_request_error', param: 'payment_intent' },
    `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
  )
}
