import type { DisputeObject, PaymentObject, RefundObject } from '../billing/provider-objects.ts'
import { balancePostings, lastMoved } from './balance-postings.ts'
import type { Booking } from './posting.ts'

const CLEARING = { account: 'clearing', party: '' } as const

/** What was captured settles a claim or is earned at once; the provider's balance shows it less the fee, maybe later. */
export function paymentBooking(payment: PaymentObject): Booking {
  const { id, customerId, invoiceId, currency, balance } = payment
  const captured = payment.status === 'failed' ? 0 : payment.amountCapturedMinor
  const settles =
    invoiceId === null
      ? { account: 'revenue-single' as const, party: '' }
      : { account: 'receivable' as const, party: customerId ?? '' }
  return {
    source: `payment:${id}`,
    description: `Payment ${id}`,
    at: lastMoved(balance.slice(0, 1), payment.createdAt),
    changedAt: lastMoved(balance, payment.createdAt),
    balance,
    postings: [
      { ...settles, currency, amountMinor: -captured },
      { ...CLEARING, currency, amountMinor: captured },
      ...balancePostings('payment', balance, CLEARING),
    ],
  }
}

/** Owed back from the moment it is made, unless it has failed: then what it took comes back, maybe later. */
export function refundBooking(refund: RefundObject): Booking {
  const { id, currency, balance } = refund
  const stands = refund.status !== 'failed' && refund.status !== 'canceled'
  const amountMinor = stands ? refund.amountMinor : 0
  return {
    source: `refund:${id}`,
    description: `Refund ${id} of ${refund.paymentId}`,
    at: refund.createdAt,
    changedAt: lastMoved(balance, refund.createdAt),
    balance,
    postings: [
      { account: 'refunds', party: '', currency, amountMinor },
      { ...CLEARING, currency, amountMinor: -amountMinor },
      ...balancePostings('refund', balance, CLEARING),
    ],
  }
}

/** Only what moves counts: withdrawn, reinstated, and the fee. An inquiry moves nothing, whatever amount it names. */
export function disputeBooking({ id, paymentId, balance, createdAt }: DisputeObject): Booking {
  return {
    source: `dispute:${id}`,
    description: `Dispute ${id} of ${paymentId}`,
    at: createdAt,
    changedAt: lastMoved(balance, createdAt),
    balance,
    postings: balancePostings('dispute', balance, { account: 'disputes', party: '' }),
  }
}
