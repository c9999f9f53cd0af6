import type { Store } from '../store.ts'
import { cancelIntent } from './intents.ts'
import { linked } from './links.ts'
import { embed, type InvoicePayment, type PaymentIntent } from './objects.ts'
import { change, find } from './objects-in-store.ts'

/** Payments of an invoice, or of an intent, oldest first. */
export const paymentsOf = (store: Store, ownerId: string): InvoicePayment[] =>
  linked(store, 'invoice-payments', ownerId)
    .map((id) => find(store, 'invoice_payment', id))
    .filter((payment) => payment !== undefined)

export const embedPayments = (store: Store, invoiceId: string) =>
  embed('/v1/invoice_payments', paymentsOf(store, invoiceId))

/** The payment that the invoice itself tries, with its intent. */
export function ownPayment(
  store: Store,
  invoiceId: string,
): { payment: InvoicePayment; intent: PaymentIntent } | undefined {
  const payment = paymentsOf(store, invoiceId).find((each) => each.is_default && each.status === 'open')
  const intent = find(store, 'payment_intent', payment?.payment.payment_intent)
  return payment && intent ? { payment, intent } : undefined
}

/** Gives up what was not paid yet, as the invoice is paid otherwise or never will be. */
export function cancelOpenPayments(store: Store, invoiceId: string, reason: string): void {
  for (const payment of paymentsOf(store, invoiceId)) {
    if (payment.status !== 'open') continue
    const intent = find(store, 'payment_intent', payment.payment.payment_intent)
    if (intent && intent.status !== 'succeeded' && intent.status !== 'canceled')
      cancelIntent(store, intent, reason)
    change(store, payment, {
      status: 'canceled',
      status_transitions: { canceled_at: store.now(), paid_at: null },
    })
  }
}
