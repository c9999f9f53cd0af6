import { paymentsContract, type SignedText } from '../../core/ports/payments.contract.ts'
import { NO_SIGNED_TIME, WEBHOOKS_ALONE } from '../provider-api/testing/gaps.ts'
import { knownSecrets } from '../stripe/testing/known-secrets.ts'
import { openRazorpay } from './payments.ts'
import { aPayment, delivered, NOW, razorpayWith, seconds } from './testing/razorpay-server.ts'

const idIn = (text: string): string => /"id":"(evt_\d)"/.exec(text)?.[1] ?? 'evt_0'

paymentsContract('razorpay keeps the PaymentProvider contract, over the wire', async () => {
  const test = await razorpayWith({})
  let paid = 0
  return {
    provider: test.provider,
    without: openRazorpay({ secrets: knownSecrets({}) }),
    now: NOW,
    sign: ({ text, by }: SignedText) => delivered(text, by, idIn(text)),
    eventText: ({ id, known, note }) =>
      JSON.stringify({
        ...{ entity: 'event', id, account_id: 'acc_1', event: known ? 'payment.captured' : 'toaster.popped' },
        payload: known
          ? { payment: { entity: aPayment('pay_1', { description: note }) } }
          : { toaster: { entity: {} } },
        created_at: seconds(NOW),
      }),
    async pay() {
      paid += 1
      test.objects[`payments/pay_${paid}`] = aPayment(`pay_${paid}`)
      return { paymentId: `pay_${paid}`, customerId: 'cust_1' }
    },
    inBus: (text) => ({ detail: JSON.parse(text) as unknown }),
    [Symbol.asyncDispose]: test[Symbol.asyncDispose],
  }
}, [...WEBHOOKS_ALONE, ...NO_SIGNED_TIME])
