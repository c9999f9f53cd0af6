import type Stripe from 'stripe'
import type { CheckoutObject } from '../../core/billing/provider-objects.ts'
import { idOf, instantOf, noted } from './read-fields.ts'

/** https://docs.stripe.com/api/checkout/sessions/object */
export function readCheckout(session: Stripe.Checkout.Session): CheckoutObject {
  return {
    kind: 'checkout',
    id: session.id,
    livemode: session.livemode,
    mode: session.mode as CheckoutObject['mode'],
    status: (session.status ?? 'open') as CheckoutObject['status'],
    paymentStatus: session.payment_status as CheckoutObject['paymentStatus'],
    customerId: idOf(session.customer),
    subscriptionId: idOf(session.subscription),
    paymentId: idOf(session.payment_intent),
    reference: session.client_reference_id ?? noted(session.metadata, 'skyreel_operation'),
    url: session.url ?? null,
    expiresAt: instantOf(session.expires_at),
  }
}
