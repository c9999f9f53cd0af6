import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { resendTransfers } from '../../core/payouts/send.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'payee-transfers',
  every: '15 minutes',
  uses: {
    db: 'readwrite',
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: resendTransfers,
})
