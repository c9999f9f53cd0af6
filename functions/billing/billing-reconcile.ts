import { applyObject } from '../../core/billing/apply.ts'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { cron } from '../../core/run/function.ts'
import { reconcileChanged } from '../../core/webhooks/reconcile-changed.ts'

export default cron({
  name: 'billing-reconcile',
  every: '1 hour',
  // It compares with the provider that sells, and then processes whatever waits.
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 512,
  timeoutSeconds: 170,
  handler: (ports, ctx) => reconcileChanged(ports, ctx, applyObject),
})
