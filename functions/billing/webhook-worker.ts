import { applyObject } from '../../core/billing/apply.ts'
import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { on } from '../../core/run/function.ts'
import { done } from '../../core/run/verdict.ts'
import { drainInbox } from '../../core/webhooks/drain.ts'

export default on({
  name: 'webhook-worker',
  type: 'billing.webhook.received',
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  attempts: 3,
  // The provider allows so many calls a second, whoever makes them.
  concurrency: 4,
  memoryMb: 512,
  // Shorter than a lease, see core/webhooks/model.ts.
  timeoutSeconds: 120,
  handler: async (_event, ports, ctx) => {
    await drainInbox(ports, ctx, { apply: applyObject, workers: 4, lingerMs: 250 })
    return done
  },
})
