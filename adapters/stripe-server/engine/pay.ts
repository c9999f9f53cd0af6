import type { Store } from '../store.ts'
import { afterConfirm, collect } from './collect.ts'
import { declinedAnswer } from './declines.ts'
import { openDisputeOfCard } from './disputes.ts'
import { type Confirmation, confirmIntent, createIntent, type NewIntent } from './intents.ts'
import { finalizeInvoice } from './invoice-finalize.ts'
import { invoiceIsPaid } from './invoice-paid.ts'
import { embedPayments } from './invoice-payments.ts'
import { link } from './links.ts'
import type { Customer, Invoice, InvoicePayment, PaymentIntent } from './objects.ts'
import { add, change, find, invalid, need } from './objects-in-store.ts'

/**
 * Confirms a payment with the method it has, or the given one. A declined one comes back as `requires_payment_method`
 * with `last_payment_error`; one that waits for 3-D Secure is `requires_action`, and passes when confirmed again.
 */
export function confirmPayment(store: Store, intentId: string, how: Confirmation = {}): PaymentIntent {
  const intent = confirmIntent(store, need(store, 'payment_intent', intentId), how)
  afterConfirm(store, intent)
  openDisputeOfCard(store, intent)
  return find(store, 'payment_intent', intentId) ?? intent
}

/** Takes an amount from a customer at once, by the given or the default method. */
export function chargeCustomer(
  store: Store,
  of: NewIntent & { customer: string; offSession?: boolean },
): PaymentIntent {
  const customer = need(store, 'customer', of.customer, 'customer') as Customer
  const paymentMethod = of.paymentMethod ?? customer.invoice_settings?.default_payment_method ?? null
  const intent = createIntent(store, { ...of, paymentMethod })
  return confirmPayment(store, intent.id, { offSession: of.offSession })
}

/** What the operation answers: the payment, or Stripe's 402 for one that was declined. */
export function answerOf(intent: PaymentIntent): PaymentIntent {
  if (intent.status === 'requires_payment_method' && intent.last_payment_error) throw declinedAnswer(intent)
  return intent
}

/** Tries an open invoice once more: https://docs.stripe.com/api/invoices/pay. */
export function payInvoice(store: Store, invoiceId: string, how: Confirmation): Invoice {
  const found = need(store, 'invoice', invoiceId)
  const invoice = found.status === 'draft' ? finalizeInvoice(store, found) : found
  if (found.status === 'draft' && invoice.status === 'paid') return invoice
  refuseUnlessPayable(invoice)
  const tried = collect(store, invoice, { ...how, automatic: false })
  if (!tried.intent)
    throw invalid(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set one or provide `payment_method`.',
      { code: 'resource_missing' },
    )
  openDisputeOfCard(store, tried.intent)
  if (tried.intent.status === 'requires_action')
    throw declinedAnswer({ ...tried.intent, last_payment_error: ACTION_REQUIRED })
  answerOf(tried.intent)
  return find(store, 'invoice', invoiceId) ?? tried.invoice
}

const ACTION_REQUIRED = {
  code: 'invoice_payment_intent_requires_action',
  message: 'This payment requires additional user action before it can be completed successfully.',
}

/** Somebody has paid otherwise: https://docs.stripe.com/api/invoices/pay#pay_invoice-paid_out_of_band. */
export function payElsewhere(store: Store, invoiceId: string): Invoice {
  const found = need(store, 'invoice', invoiceId)
  const invoice = found.status === 'draft' ? finalizeInvoice(store, found) : found
  refuseUnlessPayable(invoice)
  const amount = invoice.amount_remaining
  const record = add<InvoicePayment>(store, {
    id: store.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: amount,
    amount_requested: amount,
    created: store.now(invoice.customer),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: false,
    livemode: false,
    payment: { type: 'payment_record', payment_record: store.newId('pr') },
    status: 'paid',
    status_transitions: { canceled_at: null, paid_at: store.now(invoice.customer) },
  })
  link(store, 'invoice-payments', invoice.id, record.id)
  store.emit('invoice_payment.paid', record)
  const paid = change(store, invoice, {
    amount_paid: invoice.amount_paid + amount,
    amount_paid_off_stripe: amount,
    amount_remaining: 0,
    payments: embedPayments(store, invoice.id),
  })
  return invoiceIsPaid(store, paid)
}

function refuseUnlessPayable(invoice: Invoice): void {
  if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible')
    throw invalid(`This invoice can't be paid because it is ${invoice.status}.`, {
      code: 'status_transition_invalid',
    })
}
