import { http } from '../../core/run/function.ts'
import { stripeWebhookRoutes } from '../../core/webhooks/routes.ts'

export default http({
  name: 'stripe-webhook',
  routes: stripeWebhookRoutes,
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: ['stripe'],
    secrets: ['stripe-webhook'],
  },
  memoryMb: 512,
  // Stripe's own patience is told as 3 or 30 seconds; what it gives up it sends again.
  timeoutSeconds: 10,
})
