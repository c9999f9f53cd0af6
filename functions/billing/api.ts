import { accountRoutes, invoiceRoutes } from '../../core/billing/http-invoices.ts'
import { paymentRoutes } from '../../core/billing/http-payments.ts'
import { planRoutes } from '../../core/billing/http-plans.ts'
import { subscriptionRoutes } from '../../core/billing/http-subscriptions.ts'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { revenueRoutes } from '../../core/ledger/http.ts'
import { payoutRoutes } from '../../core/payouts/http.ts'
import { http } from '../../core/run/function.ts'

export default http({
  name: 'billing-api',
  routes: [
    ...planRoutes,
    ...subscriptionRoutes,
    ...invoiceRoutes,
    ...accountRoutes,
    ...paymentRoutes,
    ...revenueRoutes,
    ...payoutRoutes,
  ],
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    // What was paid elsewhere is refunded and cancelled there.
    payments: PROVIDERS,
    tax: 'calculate',
    secrets: ['token-key', 'stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 512,
  bundle: {
    reason: 'every route of money, with the drivers of all providers and of both ways to compute tax',
  },
  // The provider may take its time, and a call that was cut off must be repeated.
  timeoutSeconds: 28,
})
