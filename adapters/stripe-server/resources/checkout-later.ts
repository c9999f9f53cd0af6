import type { PaymentIntent } from '../engine/objects.ts'
import { confirmPayment } from '../engine/pay.ts'
import { type Store, StripeFailure, type StripeObject } from '../store.ts'
import type { CheckoutSession } from './checkout-sessions.ts'
import { change, existing, make } from './fields.ts'
import { methodOf } from './payment-methods.ts'

/**
 * A payment that takes days, as by bank debit: the session is complete and yet unpaid. What came of it is told later, by
 * `settleSession`. https://docs.stripe.com/payments/checkout/fulfill-orders#delayed-notification
 */
export function completeUnpaid(
  store: Store,
  session: CheckoutSession,
  { intent, customer }: { intent: PaymentIntent; customer: string },
): StripeObject {
  change(store, 'payment_intent.processing', { before: intent, fields: { status: 'processing' } })
  const fields = {
    customer,
    payment_intent: intent.id,
    payment_status: 'unpaid',
    status: 'complete',
    url: null,
  }
  return make(store, 'checkout.session.completed', { ...session, ...fields })
}

/** The bank's answer to such a payment. */
export function settleSession(store: Store, id: string, outcome: 'paid' | 'failed'): StripeObject {
  const before = existing(store, 'checkout.session', id)
  const intent = store.get(String(before.payment_intent))
  if (intent?.status !== 'processing') throw notWaiting(id)
  store.put({ ...intent, status: 'requires_confirmation' })
  const failing = outcome === 'failed' ? { paymentMethod: methodOf(store, 'pm_card_chargeDeclined').id } : {}
  const settled = confirmPayment(store, intent.id, { authentication: 'passed', ...failing })
  const paid = settled.status === 'succeeded'
  return change(store, `checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, {
    before: { ...before, _settled: false },
    fields: { payment_status: paid ? 'paid' : 'unpaid', _settled: true },
  })
}

function notWaiting(id: string): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error' }, `Nothing is on its way for ${id}.`)
}
