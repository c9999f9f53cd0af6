import type { Store } from '../store.ts'
import { cancelOpenPayments, embedPayments, ownPayment } from './invoice-payments.ts'
import type { Invoice, InvoicePayment } from './objects.ts'
import { change } from './objects-in-store.ts'
import { standingAfter } from './standing.ts'

/** Money has come for an invoice: all of it, or a part. https://docs.stripe.com/invoicing/partial-payments */
export function payPart(store: Store, invoice: Invoice, payment: InvoicePayment, amount: number): Invoice {
  const paid = change(store, payment, {
    amount_paid: amount,
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: store.now(invoice.customer) },
  })
  store.emit('invoice_payment.paid', paid)
  const received = invoice.amount_paid + amount
  const next = change(store, invoice, {
    amount_paid: received,
    amount_remaining: Math.max(0, invoice.amount_due - received),
    amount_overpaid: Math.max(0, received - invoice.amount_due),
    payments: embedPayments(store, invoice.id),
  })
  if (next.status === 'paid') return next
  return next.amount_remaining === 0 ? invoiceIsPaid(store, next) : askForTheRest(store, next)
}

function askForTheRest(store: Store, invoice: Invoice): Invoice {
  const own = ownPayment(store, invoice.id)
  if (own && own.intent.amount !== invoice.amount_remaining) {
    change(store, own.intent, { amount: invoice.amount_remaining })
    change(store, own.payment, { amount_requested: invoice.amount_remaining })
  }
  return change(store, invoice, { payments: embedPayments(store, invoice.id) }, 'invoice.updated')
}

/** Nothing is left to pay. */
export function invoiceIsPaid(store: Store, invoice: Invoice): Invoice {
  cancelOpenPayments(store, invoice.id, 'void_invoice')
  const changes = {
    status: 'paid',
    attempted: true,
    next_payment_attempt: null,
    payments: embedPayments(store, invoice.id),
    status_transitions: { ...invoice.status_transitions, paid_at: store.now(invoice.customer) },
  }
  const paid = change(store, invoice, changes, 'invoice.updated')
  store.emit('invoice.paid', paid)
  store.emit('invoice.payment_succeeded', paid)
  standingAfter(store, paid)
  return paid
}
