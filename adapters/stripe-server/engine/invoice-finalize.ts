import type { Store } from '../store.ts'
import { moveCredit } from './customer-credit.ts'
import { createIntent } from './intents.ts'
import { invoiceIsPaid } from './invoice-paid.ts'
import { embedPayments } from './invoice-payments.ts'
import { link } from './links.ts'
import type { Customer, Invoice, InvoicePayment, PaymentIntent } from './objects.ts'
import { add, change, invalid, need } from './objects-in-store.ts'
import { settingsOf } from './settings.ts'

/**
 * A draft becomes open, or paid where nothing is left to pay: https://docs.stripe.com/invoicing/integration/workflow-transitions.
 * Stripe waits for about an hour before it finalizes an invoice by itself; this server does it at once.
 */
export function finalizeInvoice(store: Store, draft: Invoice): Invoice {
  if (draft.status !== 'draft')
    throw invalid('This invoice is already finalized, you cannot re-finalize it.', {
      code: 'invoice_not_editable',
    })
  const customer = need(store, 'customer', draft.customer, 'customer') as Customer
  const { due, credit } = withCredit(customer, draft)
  if (credit !== 0)
    moveCredit(store, customer.id, {
      amount: credit,
      currency: draft.currency,
      type: 'applied_to_invoice',
      invoice: draft.id,
    })
  const open = change(store, draft, {
    ...numbered(store, customer),
    ...addresses(store, draft.id),
    amount_due: due,
    amount_remaining: due,
    starting_balance: customer.balance ?? 0,
    ending_balance: (customer.balance ?? 0) + credit,
    effective_at: store.now(draft.customer),
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: store.now(draft.customer) },
  })
  store.emit('invoice.finalized', open)
  return due === 0 ? invoiceIsPaid(store, open) : withPayment(store, open)
}

/** Credit is used first; what is owed from before, or left over now, moves as well. */
function withCredit(customer: Customer, { total, currency }: Invoice): { due: number; credit: number } {
  const same = customer.currency === null || customer.currency === undefined || customer.currency === currency
  const balance = same ? (customer.balance ?? 0) : 0
  const due = Math.max(0, total + balance)
  return { due, credit: due - total === 0 ? 0 : total - due }
}

function numbered(store: Store, customer: Customer) {
  const sequence = customer.next_invoice_sequence ?? 1
  change(store, customer, { next_invoice_sequence: sequence + 1 })
  const prefix = customer.invoice_prefix ?? customer.id.slice(-8).toUpperCase()
  return { number: `${prefix}-${String(sequence).padStart(4, '0')}` }
}

function addresses(store: Store, id: string) {
  const { origin } = settingsOf(store)
  return { hosted_invoice_url: `${origin}/invoice/${id}`, invoice_pdf: `${origin}/invoice/${id}/pdf` }
}

function withPayment(store: Store, invoice: Invoice): Invoice {
  const intent = createIntent(store, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
    description: invoice.parent ? 'Subscription update' : 'Payment for Invoice',
  })
  attachPayment(store, invoice, intent, true)
  return change(store, invoice, {
    payments: embedPayments(store, invoice.id),
    confirmation_secret: { client_secret: intent.client_secret, type: 'payment_intent' },
  })
}

/** Makes a payment one of the invoice's: https://docs.stripe.com/api/invoice-payment. */
export function attachPayment(
  store: Store,
  invoice: Invoice,
  intent: PaymentIntent,
  isDefault: boolean,
): InvoicePayment {
  const payment = add<InvoicePayment>(store, {
    id: store.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: intent.amount,
    created: store.now(invoice.customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: isDefault,
    livemode: false,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
  link(store, 'invoice-payments', invoice.id, payment.id)
  link(store, 'invoice-payments', intent.id, payment.id)
  return payment
}
