import { currencyOf, type Money } from '../../core/billing/money.ts'
import type {
  DisputeObject,
  PaymentAttempt,
  PaymentObject,
  PaymentStatus,
  RefundObject,
} from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import type { Dispute, Payment, Refund } from './wire.ts'

export const instantOf = (seconds: number): Date => new Date(seconds * 1000)
export const maybeInstant = (seconds: number | null | undefined): Date | null =>
  seconds === null || seconds === undefined ? null : instantOf(seconds)

/** Razorpay keeps its accounts in one currency: what was paid in another has its amount there, too. */
const booked = (object: Pick<Payment, 'amount' | 'currency' | 'base_amount' | 'base_currency'>): Money =>
  object.base_amount && object.base_currency
    ? { amountMinor: object.base_amount, currency: currencyOf(object.base_currency) }
    : { amountMinor: object.amount, currency: currencyOf(object.currency) }

const STATUS: { readonly [S in Payment['status']]: PaymentStatus } = {
  created: 'processing',
  authorized: 'requires_capture',
  captured: 'succeeded',
  refunded: 'succeeded',
  failed: 'failed',
}
const ATTEMPT: { readonly [S in Payment['status']]: PaymentAttempt['status'] } = {
  created: 'pending',
  authorized: 'pending',
  captured: 'succeeded',
  refunded: 'succeeded',
  failed: 'failed',
}

/** A payment. Its fee has the tax on the fee in it. Whether it is disputed, only the dispute tells. */
export function readPayment(payment: Payment, livemode: boolean): PaymentObject {
  const { id, amount, status, customer_id, invoice_id, token_id } = payment
  const taken = STATUS[status] === 'succeeded'
  const createdAt = instantOf(payment.created_at)
  const charge = { id, type: 'charge', money: booked(payment), feeMinor: payment.fee ?? 0 } as const
  return {
    ...{ kind: 'payment', id, livemode, customerId: customer_id ?? null, invoiceId: invoice_id ?? null },
    ...{ status: STATUS[status], currency: currencyOf(payment.currency), amountMinor: amount, createdAt },
    amountCapturedMinor: taken ? amount : 0,
    amountRefundedMinor: payment.amount_refunded,
    ...{ disputed: false, methodId: token_id ?? null, receiptUrl: null },
    attempts: [attemptOf(payment)],
    balance: taken ? [movement({ ...charge, at: createdAt })] : [],
  }
}

const attemptOf = (payment: Payment): PaymentAttempt => ({
  id: payment.id,
  status: ATTEMPT[payment.status],
  amountMinor: payment.amount,
  failureCode: payment.error_reason ?? payment.error_code ?? null,
  failureMessage: payment.error_description ?? null,
  at: instantOf(payment.created_at),
})

const REFUND = { pending: 'pending', processed: 'succeeded', failed: 'failed' } as const

/** A refund. Its amount is taken when it is made, and one that has failed was given back whole. */
export function readRefund(refund: Refund, livemode: boolean): RefundObject {
  const { id, payment_id: paymentId, status } = refund
  const { amountMinor, currency } = booked(refund)
  const createdAt = instantOf(refund.created_at)
  const taken = movement({
    id,
    type: 'refund',
    money: { amountMinor: -amountMinor, currency },
    at: createdAt,
  })
  return {
    ...{ kind: 'refund', id, livemode, paymentId, status: REFUND[status], createdAt },
    ...{ currency: currencyOf(refund.currency), amountMinor: refund.amount, reason: null },
    balance: status === 'failed' ? [] : [taken],
  }
}

/** Questions of a bank, which take nothing: https://razorpay.com/docs/payments/disputes/ */
const INQUIRIES: readonly (string | null | undefined)[] = ['retrieval', 'fraud']

export function disputeStatus({ status, phase, amount_deducted }: Dispute): DisputeObject['status'] {
  const inquiry = INQUIRIES.includes(phase)
  if (status === 'open') return inquiry ? 'warning_needs_response' : 'needs_response'
  if (status === 'under_review') return inquiry ? 'warning_under_review' : 'under_review'
  if (status === 'closed') return amount_deducted > 0 ? 'lost' : inquiry ? 'warning_closed' : 'won'
  return status
}

/** A dispute. `amount_deducted` is what it took so far. */
export function readDispute(dispute: Dispute, livemode: boolean): DisputeObject {
  const { id, payment_id: paymentId, amount, amount_deducted } = dispute
  const currency = currencyOf(dispute.currency)
  const createdAt = instantOf(dispute.created_at)
  const money = { amountMinor: -amount_deducted, currency }
  return {
    ...{ kind: 'dispute', id, livemode, paymentId, status: disputeStatus(dispute), currency, createdAt },
    ...{ amountMinor: amount, reason: dispute.reason_code ?? 'unknown' },
    evidenceDueAt: maybeInstant(dispute.respond_by),
    balance: amount_deducted > 0 ? [movement({ id, type: 'dispute', money, at: createdAt })] : [],
  }
}
