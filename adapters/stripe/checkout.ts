import type Stripe from 'stripe'
import type { CheckoutRequest } from '../../core/billing/payment-requests.ts'
import {
  CHECKOUT_COMPLETE,
  type PaymentProvider,
  PaymentRefused,
  PaymentUnavailable,
} from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { instantOf } from './read-fields.ts'

/** Stripe's own page to subscribe on. https://docs.stripe.com/api/checkout/sessions/create */
export const checkoutCalls = (
  client: ApiClient,
): Pick<PaymentProvider, 'startCheckout' | 'expireCheckout'> => ({
  async startCheckout(request) {
    const { idempotencyKey } = request
    const session = await client.call((stripe) =>
      stripe.checkout.sessions.create(sessionOf(request), { idempotencyKey }),
    )
    if (!session.url) throw new PaymentUnavailable(`Stripe gave no address for ${session.id}`)
    return { id: session.id, url: session.url, expiresAt: instantOf(session.expires_at) }
  },
  // https://docs.stripe.com/api/checkout/sessions/expire
  async expireCheckout({ checkoutId }) {
    try {
      await client.call((stripe) => stripe.checkout.sessions.expire(checkoutId))
    } catch (error) {
      // Only what is open can be expired, and the refusal does not tell what it is: so it is looked at.
      if (!(error instanceof PaymentRefused)) throw error
      const session = await client.find((stripe) => stripe.checkout.sessions.retrieve(checkoutId))
      if (session?.status === 'open') throw error
      if (session?.status === 'complete')
        throw new PaymentRefused(CHECKOUT_COMPLETE, `the checkout ${checkoutId} is complete`, {
          cause: error,
        })
    }
  },
})

const sessionOf = (request: CheckoutRequest): Stripe.Checkout.SessionCreateParams => ({
  mode: 'subscription',
  customer: request.customerId,
  currency: request.currency,
  line_items: [
    { price: request.priceId, quantity: request.quantity },
    // A metered price has no quantity: usage is its quantity.
    ...request.meteredPriceIds.map((price) => ({ price })),
  ],
  success_url: request.successUrl,
  cancel_url: request.cancelUrl,
  client_reference_id: request.reference,
  metadata: { skyreel_operation: request.reference },
  subscription_data: {
    metadata: { skyreel_operation: request.reference },
    ...(request.trialDays === null ? {} : { trial_period_days: request.trialDays }),
  },
  // Stripe computes tax by the customer's address, and takes the one typed in here for it.
  ...(request.automaticTax ? { automatic_tax: { enabled: true }, customer_update: { address: 'auto' } } : {}),
})
