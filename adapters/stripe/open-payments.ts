import type { Provider } from '../../core/billing/provider-objects.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { PaymentProvider, Payments } from '../../core/ports/payments.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import { lateProvider } from './late-provider.ts'

export interface PaymentsOptions {
  readonly secrets: Secrets
  readonly clock: Pick<Clock, 'now'>
  /** Origin of another server with Stripe's API, such as the local one. */
  readonly api?: string | undefined
}

/** All providers of payments. A driver, and its SDK, is loaded at the first call of its provider. */
export function openPayments(options: PaymentsOptions): Payments {
  const providers: { readonly [P in Provider]: PaymentProvider } = {
    stripe: lateProvider('stripe', async () => (await import('./payments.ts')).openStripe(options)),
    paypal: lateProvider('paypal', async () => (await import('../paypal/payments.ts')).openPaypal(options)),
    braintree: lateProvider('braintree', async () =>
      (await import('../braintree/payments.ts')).openBraintree(options),
    ),
    razorpay: lateProvider('razorpay', async () =>
      (await import('../razorpay/payments.ts')).openRazorpay(options),
    ),
  }
  return { primary: 'stripe', of: (provider) => providers[provider] }
}
