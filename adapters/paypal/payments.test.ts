import { paymentsContract, type SignedText } from '../../core/ports/payments.contract.ts'
import { NO_LISTS, WEBHOOKS_ALONE } from '../provider-api/testing/gaps.ts'
import { knownSecrets } from '../stripe/testing/known-secrets.ts'
import { openPaypal } from './payments.ts'
import { aCapture, clock, delivered, NOW, paypalWith } from './testing/paypal-server.ts'

const WEBHOOK_IDS = { first: 'WEBHOOK1', second: 'WEBHOOK2', stranger: 'WEBHOOK3' }

paymentsContract('paypal keeps the PaymentProvider contract, over the wire', async () => {
  const test = await paypalWith()
  let paid = 0
  return {
    provider: test.provider,
    without: openPaypal({ secrets: knownSecrets({}), clock }),
    now: NOW,
    sign: ({ text, by, at }: SignedText) => delivered(text, { webhookId: WEBHOOK_IDS[by], at }),
    eventText: ({ id, known, note }) =>
      JSON.stringify({
        ...{ id, create_time: NOW.toISOString(), summary: note },
        ...(known
          ? { event_type: 'PAYMENT.CAPTURE.COMPLETED', resource_type: 'capture' }
          : { event_type: 'TOASTER.POPPED', resource_type: 'toaster' }),
        resource: { id: 'C1' },
      }),
    async pay() {
      paid += 1
      Object.assign(test.objects, aCapture(`C${paid}`))
      return { paymentId: `C${paid}`, customerId: 'PAYER1' }
    },
    inBus: (text) => ({ detail: JSON.parse(text) as unknown }),
    [Symbol.asyncDispose]: test[Symbol.asyncDispose],
  }
}, [...WEBHOOKS_ALONE, ...NO_LISTS])
