import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type { PaymentAttempt, PaymentObject, PaymentStatus } from '../../core/billing/provider-objects.ts'
import { readBalance } from './read-balance.ts'
import { idOf, instantOf, type MaybeExpanded, sumOf } from './read-fields.ts'

/** Before basil charges and payment intents named their invoice. */
interface Legacy {
  readonly invoice?: MaybeExpanded
}

/**
 * A payment with all its charges, their balance transactions expanded.
 * https://docs.stripe.com/api/payment_intents/object
 */
export function readPayment(
  intent: Stripe.PaymentIntent,
  charges: readonly Stripe.Charge[],
  invoiceId: string | null,
): PaymentObject {
  return {
    kind: 'payment',
    id: intent.id,
    livemode: intent.livemode,
    customerId: idOf(intent.customer),
    invoiceId: invoiceId ?? idOf((intent as Legacy).invoice),
    status: intent.status as PaymentStatus,
    currency: currencyOf(intent.currency),
    amountMinor: intent.amount,
    methodId: idOf(intent.payment_method),
    ...ofCharges(charges),
    createdAt: instantOf(intent.created),
  }
}

/** A charge that no payment intent was made for: a payment of its own. https://docs.stripe.com/api/charges/object */
export function readLoneCharge(charge: Stripe.Charge, invoiceId: string | null): PaymentObject {
  return {
    kind: 'payment',
    id: charge.id,
    livemode: charge.livemode,
    customerId: idOf(charge.customer),
    invoiceId: invoiceId ?? idOf((charge as Legacy).invoice),
    status: loneStatus(charge),
    currency: currencyOf(charge.currency),
    amountMinor: charge.amount,
    methodId: charge.payment_method ?? null,
    ...ofCharges([charge]),
    createdAt: instantOf(charge.created),
  }
}

function loneStatus(charge: Stripe.Charge): PaymentStatus {
  if (charge.status === 'failed') return 'failed'
  if (charge.status === 'pending') return 'processing'
  if (charge.captured) return 'succeeded'
  return charge.refunded ? 'canceled' : 'requires_capture'
}

type OfCharges = Pick<
  PaymentObject,
  'amountCapturedMinor' | 'amountRefundedMinor' | 'disputed' | 'attempts' | 'balance' | 'receiptUrl'
>

function ofCharges(given: readonly Stripe.Charge[]): OfCharges {
  const charges = given.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))
  const taken = charges.filter((charge) => charge.status === 'succeeded' && charge.captured)
  return {
    amountCapturedMinor: sumOf(taken, (charge) => charge.amount_captured),
    // A released authorisation counts as refunded at Stripe, though nothing was taken.
    amountRefundedMinor: sumOf(taken, (charge) => Math.min(charge.amount_refunded, charge.amount_captured)),
    disputed: charges.some((charge) => charge.disputed),
    attempts: charges.map(readAttempt),
    balance: readBalance(charges.flatMap((c) => [c.balance_transaction, c.failure_balance_transaction])),
    receiptUrl: taken.at(-1)?.receipt_url ?? null,
  }
}

const readAttempt = (charge: Stripe.Charge): PaymentAttempt => ({
  id: charge.id,
  status: charge.status as PaymentAttempt['status'],
  amountMinor: charge.amount,
  failureCode: charge.failure_code ?? null,
  failureMessage: charge.failure_message ?? null,
  at: instantOf(charge.created),
})
