import { currencyOf } from '../../core/billing/money.ts'
import {
  type InvoiceLine,
  type InvoiceObject,
  type InvoiceStatus,
  NO_CREDIT_NOTES,
} from '../../core/billing/provider-objects.ts'
import { instantOf, maybeInstant } from './read-money.ts'
import type { Invoice } from './wire.ts'

const STATUS: { readonly [S in Invoice['status']]: InvoiceStatus } = {
  draft: 'draft',
  issued: 'open',
  partially_paid: 'open',
  paid: 'paid',
  cancelled: 'void',
  expired: 'void',
  deleted: 'void',
}

/** An invoice; Razorpay makes one for each charge of a subscription. It has no credit balances and no credit notes. */
export function readInvoice(invoice: Invoice, livemode: boolean): InvoiceObject {
  const { id, amount: totalMinor, payment_id: paymentId } = invoice
  const paid = invoice.amount_paid ?? 0
  const taxMinor = invoice.tax_amount ?? 0
  const period = {
    periodStart: instantOf(invoice.billing_start ?? invoice.created_at),
    periodEnd: instantOf(invoice.billing_end ?? invoice.billing_start ?? invoice.created_at),
  }
  return {
    ...{ kind: 'invoice', id, livemode, number: invoice.invoice_number ?? null },
    ...{ customerId: invoice.customer_id ?? '', subscriptionId: invoice.subscription_id ?? null },
    ...{ status: STATUS[invoice.status], reason: invoice.subscription_id ? 'subscription_cycle' : 'manual' },
    ...{ currency: currencyOf(invoice.currency), subtotalMinor: totalMinor - taxMinor, taxMinor, totalMinor },
    ...{ amountDueMinor: totalMinor, amountPaidMinor: paid },
    amountRemainingMinor: invoice.amount_due ?? totalMinor - paid,
    ...{ creditAppliedMinor: 0, creditNotesMinor: 0, creditNotes: NO_CREDIT_NOTES, paidOutOfBand: false },
    ...{ attemptCount: paymentId ? 1 : 0, nextAttemptAt: null, lastFailure: null },
    payments: paymentId && paid > 0 ? [{ paymentId, amountMinor: paid, status: 'paid' }] : [],
    lines: invoice.line_items.map((line) => ({ ...lineOf(line), ...period })),
    ...{ hostedUrl: invoice.short_url ?? null, pdfUrl: null, ...period },
    ...{ dueAt: maybeInstant(invoice.expire_by), createdAt: instantOf(invoice.created_at) },
    ...{ finalizedAt: maybeInstant(invoice.issued_at), paidAt: maybeInstant(invoice.paid_at) },
  }
}

const lineOf = (line: Invoice['line_items'][number]): Omit<InvoiceLine, 'periodStart' | 'periodEnd'> => ({
  ...{ id: line.id, description: line.name ?? line.description ?? '' },
  ...{ amountMinor: line.taxable_amount ?? line.amount, taxMinor: line.tax_amount ?? 0 },
  ...{ quantity: line.quantity ?? null, priceId: null, proration: false, meter: null },
})
