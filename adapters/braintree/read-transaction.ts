import type { Money } from '../../core/billing/money.ts'
import type {
  BalanceEntry,
  PaymentAttempt,
  PaymentObject,
  PaymentStatus,
  RefundObject,
} from '../../core/billing/provider-objects.ts'
import { movement } from '../provider-api/balance.ts'
import { moneyOf } from '../provider-api/decimal-minor.ts'
import { childOf, type Element, needed, textIn } from './xml.ts'

/** Until it is settled it may still be declined. https://developer.paypal.com/braintree/docs/reference/general/statuses */
const STATUS: Readonly<Record<string, PaymentStatus>> = {
  authorizing: 'processing',
  authorized: 'requires_capture',
  submitted_for_settlement: 'processing',
  settling: 'processing',
  settlement_pending: 'processing',
  settlement_confirmed: 'processing',
  settled: 'succeeded',
  voided: 'canceled',
  authorization_expired: 'canceled',
  processor_declined: 'failed',
  gateway_rejected: 'failed',
  settlement_declined: 'failed',
  failed: 'failed',
}

export const isCredit = (transaction: Element): boolean => textIn(transaction, 'type') === 'credit'

export const amountOf = (transaction: Element): Money =>
  moneyOf(needed(transaction, 'amount'), needed(transaction, 'currency-iso-code'))

export function statusOf(transaction: Element): PaymentStatus {
  const status = needed(transaction, 'status')
  const known = Object.hasOwn(STATUS, status) ? STATUS[status] : undefined
  if (!known) throw new TypeError('Braintree has a status of transactions that is not known here')
  return known
}

/**
 * A transaction of type `sale`, with the transactions that gave back of it. Its fee Braintree does not tell: it
 * bills the fees of a month.
 */
export function readPayment(sale: Element, refunds: readonly Element[], livemode: boolean): PaymentObject {
  const id = needed(sale, 'id')
  const [status, money] = [statusOf(sale), amountOf(sale)]
  const createdAt = new Date(needed(sale, 'created-at'))
  return {
    ...{ kind: 'payment', id, livemode, status, ...money, createdAt, invoiceId: null, receiptUrl: null },
    customerId: textIn(childOf(sale, 'customer'), 'id'),
    amountCapturedMinor: status === 'succeeded' ? money.amountMinor : 0,
    amountRefundedMinor: refundedBy(refunds),
    disputed: (childOf(sale, 'disputes')?.children.length ?? 0) > 0,
    methodId: textIn(childOf(sale, 'credit-card'), 'token') ?? textIn(childOf(sale, 'paypal'), 'token'),
    attempts: [attemptOf(sale, status)],
    balance: status === 'succeeded' ? [settled(sale, 'charge')] : [],
  }
}

const refundedBy = (refunds: readonly Element[]): number =>
  refunds
    .filter((refund) => ['processing', 'succeeded'].includes(statusOf(refund)))
    .reduce((sum, refund) => sum + amountOf(refund).amountMinor, 0)

function attemptOf(sale: Element, status: PaymentStatus): PaymentAttempt {
  const failed = status === 'failed'
  const code = textIn(sale, 'gateway-rejection-reason') ?? textIn(sale, 'processor-response-code')
  return {
    id: needed(sale, 'id'),
    status: failed ? 'failed' : status === 'succeeded' ? 'succeeded' : 'pending',
    amountMinor: amountOf(sale).amountMinor,
    failureCode: failed ? code : null,
    failureMessage: failed ? textIn(sale, 'processor-response-text') : null,
    at: new Date(needed(sale, 'created-at')),
  }
}

const REFUND: { readonly [S in PaymentStatus]: RefundObject['status'] } = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'requires_action',
  requires_action: 'requires_action',
  processing: 'pending',
  requires_capture: 'pending',
  succeeded: 'succeeded',
  canceled: 'canceled',
  failed: 'failed',
}

/** A transaction of type `credit`. */
export function readRefund(credit: Element, livemode: boolean): RefundObject {
  const status = REFUND[statusOf(credit)]
  return {
    ...{ kind: 'refund', id: needed(credit, 'id'), livemode, status, ...amountOf(credit), reason: null },
    paymentId: needed(credit, 'refunded-transaction-id'),
    balance: status === 'succeeded' ? [settled(credit, 'refund')] : [],
    createdAt: new Date(needed(credit, 'created-at')),
  }
}

/** What was disbursed, where Braintree tells: it may be in another currency than the payment. */
function settled(transaction: Element, type: 'charge' | 'refund'): BalanceEntry {
  const details = childOf(transaction, 'disbursement-details')
  const [amount, currency] = [
    textIn(details, 'settlement-amount'),
    textIn(details, 'settlement-currency-iso-code'),
  ]
  const money = amount && currency ? moneyOf(amount, currency) : amountOf(transaction)
  const minor = Math.abs(money.amountMinor)
  const at = new Date(textIn(details, 'disbursement-date') ?? needed(transaction, 'created-at'))
  const moved = { ...money, amountMinor: type === 'charge' ? minor : -minor }
  return movement({ id: needed(transaction, 'id'), type, money: moved, at })
}
