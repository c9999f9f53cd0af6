import { applyObject } from '../../core/billing/apply.ts'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { cron } from '../../core/run/function.ts'
import { sweepInbox } from '../../core/webhooks/sweep.ts'

export default cron({
  name: 'webhook-sweep',
  every: '1 minute',
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 512,
  timeoutSeconds: 120,
  handler: (ports, ctx) => sweepInbox(ports, ctx, applyObject),
})
