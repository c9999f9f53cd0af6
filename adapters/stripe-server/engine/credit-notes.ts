import type { Store } from '../store.ts'
import { moveCredit } from './customer-credit.ts'
import { invoiceIsPaid } from './invoice-paid.ts'
import { embedPayments, ownPayment, paymentsOf } from './invoice-payments.ts'
import { link, linked } from './links.ts'
import { type Charge, type CreditNote, embed, type Invoice, type Metadata } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'
import { refundCharge } from './refunds.ts'

export interface NewCreditNote {
  readonly amount: number
  /** How what was paid already is given back; together they are the amount. */
  readonly refundAmount: number
  readonly creditAmount: number
  readonly outOfBandAmount: number
  readonly reason: string | null
  readonly memo: string | null
  readonly metadata: Metadata
}

/** https://docs.stripe.com/invoicing/integration/programmatic-credit-notes */
export function createCreditNote(store: Store, invoice: Invoice, of: NewCreditNote): CreditNote {
  if (invoice.status !== 'open' && invoice.status !== 'paid' && invoice.status !== 'uncollectible')
    throw invalid('You can only create a credit note for an invoice that is finalized.', { param: 'invoice' })
  refuseTooMuch(invoice, of)
  const before = Math.min(of.amount, invoice.amount_remaining)
  const after = of.amount - before
  if (of.refundAmount + of.creditAmount + of.outOfBandAmount !== after)
    throw invalid(
      'The sum of `credit_amount`, `refund_amount` and `out_of_band_amount` must equal the post payment amount.',
    )
  const note = newNote(store, invoice, { ...of, before, after })
  const refunds = of.refundAmount > 0 ? [refundOf(store, invoice, of.refundAmount)] : []
  const credit = of.creditAmount > 0 ? creditOf(store, invoice, note.id, of.creditAmount) : null
  add(store, { ...note, refunds, customer_balance_transaction: credit }, 'credit_note.created')
  link(store, 'credit-notes', invoice.id, note.id)
  reduceInvoice(store, invoice, { before, after })
  return need(store, 'credit_note', note.id)
}

function refuseTooMuch(invoice: Invoice, { amount }: NewCreditNote): void {
  const noted = invoice.pre_payment_credit_notes_amount + invoice.post_payment_credit_notes_amount
  if (amount < 1 || noted + amount > Math.max(0, invoice.total))
    throw invalid('The amount of the credit note is more than what is left of the invoice.', {
      param: 'amount',
    })
}

function reduceInvoice(store: Store, invoice: Invoice, { before, after }: { before: number; after: number }) {
  const next = change(store, invoice, {
    amount_due: invoice.amount_due - before,
    amount_remaining: invoice.amount_remaining - before,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + before,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + after,
  })
  if (before > 0 && next.amount_remaining === 0) return void invoiceIsPaid(store, next)
  if (before > 0) askForLess(store, next)
  store.emit('invoice.updated', need(store, 'invoice', invoice.id), {
    amount_due: invoice.amount_due,
    amount_remaining: invoice.amount_remaining,
  })
}

function askForLess(store: Store, invoice: Invoice): void {
  const own = ownPayment(store, invoice.id)
  if (!own) return
  change(store, own.intent, { amount: invoice.amount_remaining })
  change(store, own.payment, { amount_requested: invoice.amount_remaining })
  change(store, invoice, { payments: embedPayments(store, invoice.id) })
}

function refundOf(store: Store, invoice: Invoice, amount: number) {
  const charge = paymentsOf(store, invoice.id)
    .map(({ payment }) => find(store, 'payment_intent', payment.payment_intent))
    .map((intent) => find(store, 'charge', intent?.latest_charge))
    .find((each): each is Charge => each?.status === 'succeeded')
  if (!charge) throw invalid('The invoice has no payment that can be refunded.', { param: 'refund_amount' })
  const refund = refundCharge(store, charge, { amount })
  return { amount_refunded: amount, payment_record_refund: null, refund: refund.id, type: 'refund' }
}

const creditOf = (store: Store, invoice: Invoice, creditNote: string, amount: number): string =>
  moveCredit(store, invoice.customer, {
    amount: -amount,
    currency: invoice.currency,
    type: 'credit_note',
    invoice: invoice.id,
    creditNote,
  }).id

function newNote(
  store: Store,
  invoice: Invoice,
  of: NewCreditNote & { before: number; after: number },
): CreditNote {
  const nth = linked(store, 'credit-notes', invoice.id).length + 1
  const id = store.newId('cn')
  return {
    id,
    object: 'credit_note',
    amount: of.amount,
    amount_shipping: 0,
    created: store.now(invoice.customer),
    currency: invoice.currency,
    customer: invoice.customer,
    customer_balance_transaction: null,
    discount_amount: 0,
    discount_amounts: [],
    effective_at: store.now(invoice.customer),
    invoice: invoice.id,
    lines: embed(`/v1/credit_notes/${id}/lines`, []),
    livemode: false,
    memo: of.memo,
    metadata: of.metadata,
    number: `${invoice.number}-CN-${String(nth).padStart(2, '0')}`,
    out_of_band_amount: of.outOfBandAmount,
    pdf: `${invoice.invoice_pdf}`,
    post_payment_amount: of.after,
    pre_payment_amount: of.before,
    pretax_credit_amounts: [],
    reason: of.reason,
    refunds: [],
    shipping_cost: null,
    status: 'issued',
    subtotal: of.amount,
    subtotal_excluding_tax: of.amount,
    total: of.amount,
    total_excluding_tax: of.amount,
    total_taxes: [],
    type: of.before > 0 ? (of.after > 0 ? 'mixed' : 'pre_payment') : 'post_payment',
    voided_at: null,
  }
}
