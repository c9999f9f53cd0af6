import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type { CreditNotes, InvoiceObject, InvoiceStatus } from '../../core/billing/provider-objects.ts'
import { expanded, idIn, idOf, instantOf, type MaybeExpanded, maybeInstant, sumOf } from './read-fields.ts'
import { type InvoiceLineParts, readLine } from './read-invoice-line.ts'

/** What invoices said before basil: https://docs.stripe.com/changelog/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects */
interface Legacy {
  readonly subscription?: MaybeExpanded
  readonly payment_intent?: MaybeExpanded
  readonly charge?: MaybeExpanded
  readonly tax?: number | null
  readonly total_tax_amounts?: readonly { readonly amount: number }[] | null
  readonly paid_out_of_band?: boolean
}

/** What an invoice refers to and does not hold. */
export interface InvoiceParts extends InvoiceLineParts {
  /** All of them, where the invoice's own list is cut. */
  readonly lines: readonly Stripe.InvoiceLineItem[]
  readonly payments: readonly Stripe.InvoicePayment[]
  /** Of after the payment, those that stand. */
  readonly creditNotes: readonly Stripe.CreditNote[]
  /** Of the payment that was tried last. */
  readonly lastFailure: InvoiceObject['lastFailure']
}

/** https://docs.stripe.com/api/invoices/object */
export function readInvoice(invoice: Stripe.Invoice, parts: InvoiceParts): InvoiceObject {
  const payments = readPayments(invoice, parts.payments)
  return {
    kind: 'invoice',
    id: invoice.id,
    livemode: invoice.livemode,
    number: invoice.number ?? null,
    customerId: idIn(invoice.customer, 'customer'),
    subscriptionId: subscriptionOf(invoice),
    status: (invoice.status ?? 'draft') as InvoiceStatus,
    reason: invoice.billing_reason ?? 'manual',
    currency: currencyOf(invoice.currency),
    ...amountsOf(invoice),
    creditNotes: creditNotesOf(invoice, parts.creditNotes),
    paidOutOfBand: isPaidElsewhere(invoice, parts.payments, payments),
    attemptCount: invoice.attempt_count,
    nextAttemptAt: maybeInstant(invoice.next_payment_attempt),
    lastFailure: parts.lastFailure,
    payments,
    lines: parts.lines.map((line) => readLine(line, parts)),
    hostedUrl: invoice.hosted_invoice_url ?? null,
    pdfUrl: invoice.invoice_pdf ?? null,
    ...timesOf(invoice),
  }
}

const subscriptionOf = (invoice: Stripe.Invoice): string | null =>
  idOf(invoice.parent?.subscription_details?.subscription) ?? idOf((invoice as Legacy).subscription)

function amountsOf(invoice: Stripe.Invoice) {
  const legacy = invoice as Legacy
  const taxes = invoice.total_taxes ?? legacy.total_tax_amounts
  const started = invoice.starting_balance ?? 0
  return {
    subtotalMinor: invoice.subtotal,
    taxMinor: taxes ? sumOf<{ amount: number }>([...taxes], (tax) => tax.amount) : (legacy.tax ?? 0),
    totalMinor: invoice.total,
    amountDueMinor: invoice.amount_due,
    amountPaidMinor: invoice.amount_paid,
    amountRemainingMinor: invoice.amount_remaining,
    // A customer's balance is negative while they have credit; before finalization there is no ending balance.
    creditAppliedMinor: (invoice.ending_balance ?? started) - started,
    creditNotesMinor:
      (invoice.pre_payment_credit_notes_amount ?? 0) + (invoice.post_payment_credit_notes_amount ?? 0),
  }
}

/** https://docs.stripe.com/api/credit_notes/object: what of a note was no refund and not paid elsewhere became credit. */
function creditNotesOf(invoice: Stripe.Invoice, notes: readonly Stripe.CreditNote[]): CreditNotes {
  const toRefundMinor = sumOf(notes, (note) => sumOf(note.refunds, (refund) => refund.amount_refunded))
  const outOfBandMinor = sumOf(notes, (note) => note.out_of_band_amount ?? 0)
  const afterPayment = sumOf(notes, (note) => note.post_payment_amount)
  return {
    beforePaymentMinor: invoice.pre_payment_credit_notes_amount ?? 0,
    toBalanceMinor: afterPayment - toRefundMinor - outOfBandMinor,
    ...{ toRefundMinor, outOfBandMinor },
  }
}

function timesOf(invoice: Stripe.Invoice) {
  return {
    periodStart: instantOf(invoice.period_start),
    periodEnd: instantOf(invoice.period_end),
    dueAt: maybeInstant(invoice.due_date),
    createdAt: instantOf(invoice.created),
    finalizedAt: maybeInstant(invoice.status_transitions?.finalized_at),
    paidAt: maybeInstant(invoice.status_transitions?.paid_at),
  }
}

type Payments = InvoiceObject['payments']

function readPayments(invoice: Stripe.Invoice, payments: readonly Stripe.InvoicePayment[]): Payments {
  if (payments.length > 0) return payments.map(readInvoicePayment)
  const paymentId = idOf((invoice as Legacy).payment_intent) ?? idOf((invoice as Legacy).charge)
  if (paymentId === null) return []
  const paid = invoice.status === 'paid'
  return [
    {
      paymentId,
      amountMinor: paid ? invoice.amount_paid : invoice.amount_due,
      status: paid ? 'paid' : 'open',
    },
  ]
}

/** https://docs.stripe.com/changelog/basil/2025-03-31/add-support-for-multiple-partial-payments-on-invoices */
const readInvoicePayment = ({ payment, ...row }: Stripe.InvoicePayment): Payments[number] => ({
  paymentId:
    idOf(payment.payment_intent) ?? idOf(expanded(payment.charge)?.payment_intent) ?? idOf(payment.charge),
  amountMinor: row.amount_paid ?? row.amount_requested,
  status: row.status as Payments[number]['status'],
})

/** Basil took `paid_out_of_band` away. What is left: a payment record, or that nothing paid it. */
function isPaidElsewhere(
  invoice: Stripe.Invoice,
  rows: readonly Stripe.InvoicePayment[],
  payments: Payments,
): boolean {
  const { paid_out_of_band: told } = invoice as Legacy
  if (told !== undefined) return told
  if ((invoice.amount_paid_off_stripe ?? 0) > 0) return true
  if (rows.some((row) => row.status === 'paid' && row.payment.type === 'payment_record')) return true
  const nothingPaid = !payments.some((payment) => payment.status === 'paid')
  return invoice.status === 'paid' && invoice.amount_due > 0 && nothingPaid
}
