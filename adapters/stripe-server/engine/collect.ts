import type { Store } from '../store.ts'
import { type Confirmation, confirmIntent, createIntent, invoiceOf } from './intents.ts'
import { attachPayment } from './invoice-finalize.ts'
import { payPart } from './invoice-paid.ts'
import { embedPayments, ownPayment, paymentsOf } from './invoice-payments.ts'
import type { Customer, Invoice, PaymentIntent } from './objects.ts'
import { change, find } from './objects-in-store.ts'
import { DAY } from './periods.ts'
import { settingsOf } from './settings.ts'
import { standingAfterFailure, subscriptionOf } from './standing.ts'

export interface Try extends Confirmation {
  /** By the server's own schedule: only those count for the number of tries. */
  readonly automatic: boolean
}

/** Tries to take the money of an open invoice. What came of it is the invoice's status. */
export function collect(
  store: Store,
  invoice: Invoice,
  how: Try,
): { invoice: Invoice; intent?: PaymentIntent } {
  const method = how.paymentMethod ?? methodFor(store, invoice)
  if (method === undefined) return { invoice: failed(store, invoice, how.automatic) }
  const intent = confirmIntent(store, intentFor(store, invoice), { ...how, paymentMethod: method })
  return { intent, invoice: afterConfirm(store, intent, how.automatic) ?? invoice }
}

/** Carries what became of an intent over to its invoice; undefined for an intent that pays none. */
export function afterConfirm(store: Store, intent: PaymentIntent, automatic = false): Invoice | undefined {
  const invoice = invoiceOf(store, intent.id)
  if (!invoice) return undefined
  if (intent.status === 'succeeded') return received(store, invoice, intent)
  if (intent.status === 'requires_action') {
    const next = failed(store, invoice, automatic)
    store.emit('invoice.payment_action_required', next)
    return next
  }
  return intent.status === 'requires_payment_method' ? failed(store, invoice, automatic) : invoice
}

function received(store: Store, invoice: Invoice, intent: PaymentIntent): Invoice {
  const payment = paymentsOf(store, intent.id).find((each) => each.status === 'open')
  if (!payment) return invoice
  const tried = change(store, invoice, {
    attempted: true,
    attempt_count: Math.max(1, invoice.attempt_count),
  })
  return payPart(store, tried, payment, intent.amount_received)
}

function failed(store: Store, invoice: Invoice, automatic: boolean): Invoice {
  const counts = automatic || invoice.attempt_count === 0
  const tries = invoice.attempt_count + (counts ? 1 : 0)
  const next = change(
    store,
    invoice,
    {
      attempt_count: tries,
      attempted: true,
      next_payment_attempt: counts ? nextTry(store, invoice, tries) : invoice.next_payment_attempt,
    },
    'invoice.updated',
  )
  store.emit('invoice.payment_failed', next)
  standingAfterFailure(store, next, automatic && next.next_payment_attempt === null)
  return find(store, 'invoice', next.id) ?? next
}

/** The first invoice of a subscription is not tried again by itself. */
function nextTry(store: Store, invoice: Invoice, tries: number): number | null {
  const days = settingsOf(store).retryDays[tries - 1]
  const incomplete = subscriptionOf(store, invoice)?.status === 'incomplete'
  if (days === undefined || incomplete || !invoice.auto_advance) return null
  return store.now(invoice.customer) + days * DAY
}

function intentFor(store: Store, invoice: Invoice): PaymentIntent {
  const own = ownPayment(store, invoice.id)
  if (own && own.intent.status !== 'canceled') return own.intent
  const intent = createIntent(store, {
    amount: invoice.amount_remaining,
    currency: invoice.currency,
    customer: invoice.customer,
  })
  attachPayment(store, invoice, intent, true)
  change(store, invoice, { payments: embedPayments(store, invoice.id) })
  return intent
}

function methodFor(store: Store, invoice: Invoice): string | undefined {
  const customer = find(store, 'customer', invoice.customer) as Customer | undefined
  return (
    invoice.default_payment_method ??
    subscriptionOf(store, invoice)?.default_payment_method ??
    customer?.invoice_settings?.default_payment_method ??
    undefined
  )
}
