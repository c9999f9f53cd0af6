import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type {
  DisputeObject,
  PayoutObject,
  RefundObject,
  TransferObject,
} from '../../core/billing/provider-objects.ts'
import { readBalance } from './read-balance.ts'
import { expanded, idIn, idOf, instantOf, maybeInstant, noted } from './read-fields.ts'

/** A refund with `charge` and both balance transactions expanded. https://docs.stripe.com/api/refunds/object */
export function readRefund(refund: Stripe.Refund, livemode: boolean): RefundObject {
  return {
    kind: 'refund',
    id: refund.id,
    livemode: expanded(refund.charge)?.livemode ?? livemode,
    paymentId: idIn(
      refund.payment_intent ?? expanded(refund.charge)?.payment_intent ?? refund.charge,
      'charge',
    ),
    status: (refund.status ?? 'pending') as RefundObject['status'],
    currency: currencyOf(refund.currency),
    amountMinor: refund.amount,
    reason: refund.reason,
    balance: readBalance([refund.balance_transaction, refund.failure_balance_transaction]),
    createdAt: instantOf(refund.created),
  }
}

/** Its balance transactions always come whole. https://docs.stripe.com/api/disputes/object */
export function readDispute(dispute: Stripe.Dispute): DisputeObject {
  const charge = expanded(dispute.charge)
  return {
    kind: 'dispute',
    id: dispute.id,
    livemode: dispute.livemode,
    paymentId: idIn(dispute.payment_intent ?? charge?.payment_intent ?? dispute.charge, 'charge'),
    status: dispute.status as DisputeObject['status'],
    currency: currencyOf(dispute.currency),
    amountMinor: dispute.amount,
    reason: dispute.reason,
    evidenceDueAt: maybeInstant(dispute.evidence_details?.due_by),
    balance: readBalance(dispute.balance_transactions),
    createdAt: instantOf(dispute.created),
  }
}

/** A payout with both balance transactions expanded. https://docs.stripe.com/api/payouts/object */
export function readPayout(payout: Stripe.Payout, accountId: string | null): PayoutObject {
  return {
    kind: 'payout',
    id: payout.id,
    livemode: payout.livemode,
    accountId,
    status: payout.status as PayoutObject['status'],
    currency: currencyOf(payout.currency),
    amountMinor: payout.amount,
    failureCode: payout.failure_code,
    balance: readBalance([payout.balance_transaction, payout.failure_balance_transaction]),
    arrivalAt: instantOf(payout.arrival_date),
    createdAt: instantOf(payout.created),
  }
}

/** A transfer with its balance transaction, and those of its reversals. https://docs.stripe.com/api/transfers/object */
export function readTransfer(
  transfer: Stripe.Transfer,
  reversals: readonly Stripe.TransferReversal[],
): TransferObject {
  return {
    kind: 'transfer',
    id: transfer.id,
    livemode: transfer.livemode,
    accountId: idOf(transfer.destination) ?? '',
    currency: currencyOf(transfer.currency),
    amountMinor: transfer.amount,
    reversedMinor: transfer.amount_reversed,
    reference: noted(transfer.metadata, 'skyreel_transfer'),
    balance: readBalance([
      transfer.balance_transaction,
      ...reversals.map((reversal) => reversal.balance_transaction),
    ]),
    createdAt: instantOf(transfer.created),
  }
}
