import { PROVIDERS } from '../../core/billing/provider-objects.ts'
import { advanceDunning } from '../../core/dunning/advance.ts'
import { cron } from '../../core/run/function.ts'

export default cron({
  name: 'dunning-timer',
  every: '15 minutes',
  uses: {
    db: 'readwrite',
    bus: ['publish'],
    payments: PROVIDERS,
    secrets: ['stripe-key', 'paypal', 'braintree', 'razorpay'],
  },
  memoryMb: 256,
  timeoutSeconds: 300,
  handler: advanceDunning,
})
