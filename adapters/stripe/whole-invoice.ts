import type Stripe from 'stripe'
import type { InvoiceObject } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import type { MeterNames } from './meter-names.ts'
import { expanded, idOf } from './read-fields.ts'
import { readInvoice } from './read-invoice.ts'
import { priceOf } from './read-invoice-line.ts'

/** An invoice's own lists show its first ten lines and payments. */
export const INVOICE_EXPAND = ['payments']

/** An invoice with what is not in it: further lines, names of meters, why the last payment failed. */
export async function wholeInvoice(
  invoice: Stripe.Invoice,
  client: ApiClient,
  names: MeterNames,
): Promise<InvoiceObject> {
  const lines = await allLines(invoice, client)
  const payments = await allPayments(invoice, client)
  return readInvoice(invoice, {
    lines,
    payments,
    meters: await metersOf(lines, names),
    creditNotes: await laterNotes(invoice, client),
    lastFailure: await lastFailure(invoice, payments, client),
  })
}

async function allLines(
  { id, lines }: Stripe.Invoice,
  client: ApiClient,
): Promise<readonly Stripe.InvoiceLineItem[]> {
  // A preview has no id and cannot be asked for more.
  if (!lines.has_more || !id) return lines.data
  return Array.fromAsync(client.each((stripe) => stripe.invoices.listLineItems(id, { limit: 100 })))
}

async function allPayments(
  { id, payments }: Stripe.Invoice,
  client: ApiClient,
): Promise<readonly Stripe.InvoicePayment[]> {
  if (!payments?.has_more) return payments?.data ?? []
  return Array.fromAsync(client.each((stripe) => stripe.invoicePayments.list({ invoice: id, limit: 100 })))
}

/** Of before the payment the invoice itself tells the sum; what became of the later ones, only they tell. */
async function laterNotes(invoice: Stripe.Invoice, client: ApiClient): Promise<readonly Stripe.CreditNote[]> {
  if (!invoice.id || !invoice.post_payment_credit_notes_amount) return []
  const query = { invoice: invoice.id, limit: 100 }
  const notes = await Array.fromAsync(client.each((stripe) => stripe.creditNotes.list(query)))
  return notes.filter(({ status }) => status === 'issued')
}

async function metersOf(
  lines: readonly Stripe.InvoiceLineItem[],
  names: MeterNames,
): Promise<Map<string, string | null>> {
  const prices = new Set(lines.map(priceOf).filter((id) => id !== null))
  const found = new Map<string, string | null>()
  for (const id of prices) found.set(id, await names.ofPrice(id))
  return found
}

/** Why the money did not come is told by the payment alone. */
async function lastFailure(
  invoice: Stripe.Invoice,
  payments: readonly Stripe.InvoicePayment[],
  client: ApiClient,
): Promise<InvoiceObject['lastFailure']> {
  if (invoice.attempt_count === 0 || !['open', 'uncollectible'].includes(invoice.status ?? '')) return null
  const last = payments.find((row) => row.is_default) ?? payments.at(-1)
  const ref = last?.payment.payment_intent
  const id = idOf(ref)
  if (id === null) return null
  const intent = expanded(ref) ?? (await client.call((stripe) => stripe.paymentIntents.retrieve(id)))
  const error = intent.last_payment_error
  if (error) return { code: error.code ?? error.type, message: error.message ?? '' }
  const message = WITHOUT_ERROR[intent.status]
  return message === undefined ? null : { code: intent.status, message }
}

/** What a try can end in without an error of the payment: there was no charge at all. Others are on their way. */
const WITHOUT_ERROR: Readonly<Record<string, string>> = {
  requires_payment_method: 'There is no payment method to charge.',
  requires_action: 'The customer must confirm the payment.',
}
