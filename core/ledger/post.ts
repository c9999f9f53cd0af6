import type { Applying } from '../billing/applying.ts'
import type {
  BalanceEntry,
  DisputeObject,
  InvoiceObject,
  PaymentObject,
  PayoutObject,
  RefundObject,
  TransferObject,
} from '../billing/provider-objects.ts'
import { unknownEntries } from './balance-postings.ts'
import { book } from './book.ts'
import { invoiceBooking } from './invoice-booking.ts'
import { disputeBooking, paymentBooking, refundBooking } from './payment-booking.ts'
import { payoutBooking, transferBooking } from './payout-booking.ts'

/** Books an invoice as it is now: a claim, what settled it past the provider, or nothing. */
export const postInvoice = (at: Applying, invoice: InvoiceObject): Promise<void> =>
  book(at, invoiceBooking(invoice, at.now))

/** Books what a payment has brought, with its fee. */
export async function postPayment(at: Applying, payment: PaymentObject): Promise<void> {
  complain(at, 'payment', payment)
  await book(at, paymentBooking(payment))
}

/** Books what was paid back, or came back of a refund that failed. */
export async function postRefund(at: Applying, refund: RefundObject): Promise<void> {
  complain(at, 'refund', refund)
  await book(at, refundBooking(refund))
}

/** Books what a dispute has withdrawn and reinstated, with its fee. */
export async function postDispute(at: Applying, dispute: DisputeObject): Promise<void> {
  complain(at, 'dispute', dispute)
  await book(at, disputeBooking(dispute))
}

/** Books our own money on its way to the bank. */
export async function postPayout(at: Applying, payout: PayoutObject): Promise<void> {
  complain(at, 'payout', payout)
  await book(at, payoutBooking(payout))
}

/** Books a payee's share. */
export async function postTransfer(at: Applying, transfer: TransferObject): Promise<void> {
  complain(at, 'transfer', transfer)
  await book(at, transferBooking(transfer))
}

/** It is booked all the same, to `suspense`. */
function complain(
  { log, provider }: Applying,
  kind: Parameters<typeof unknownEntries>[0],
  { id, balance }: { readonly id: string; readonly balance: readonly BalanceEntry[] },
): void {
  for (const entry of unknownEntries(kind, balance))
    log.warn('the provider moved money for a reason that the ledger does not know', {
      provider,
      [kind]: id,
      entry: entry.id,
      type: entry.type,
    })
}
