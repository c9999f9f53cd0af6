import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { cron } from '../../core/run/function.ts'
import { pushUsage } from '../../core/usage/push.ts'
import { rollUp } from '../../core/usage/rollup.ts'

export default cron({
  name: 'usage-push',
  // Whatever is told within the quarter of an hour is in the period that it was used in, at its end too.
  every: '15 minutes',
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: async (ports, ctx) => {
    // What came in the last minute goes along.
    await rollUp(ports, ctx)
    const told = await pushUsage(ports, ctx)
    if (told.sent + told.refused + told.waits > 0) ctx.log.info('usage was reported', { ...told })
  },
})
