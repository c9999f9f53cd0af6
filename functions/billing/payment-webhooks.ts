import { http } from '../../core/run/function.ts'
import { paymentWebhookRoutes } from '../../core/webhooks/routes.ts'

export default http({
  name: 'payment-webhooks',
  routes: paymentWebhookRoutes,
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: ['paypal', 'braintree', 'razorpay'],
    secrets: ['paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 512,
  timeoutSeconds: 10,
})
