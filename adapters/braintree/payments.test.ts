import { paymentsContract, type SignedText } from '../../core/ports/payments.contract.ts'
import { NO_LISTS, NO_SIGNED_TIME, WEBHOOKS_ALONE } from '../provider-api/testing/gaps.ts'
import { knownSecrets } from '../stripe/testing/known-secrets.ts'
import { openBraintree } from './payments.ts'
import {
  aTransaction,
  braintreeWith,
  clock,
  delivered,
  KEYS,
  NOW,
  notification,
} from './testing/braintree-server.ts'

paymentsContract('braintree keeps the PaymentProvider contract, over the wire', async () => {
  const test = await braintreeWith({})
  let paid = 0
  return {
    provider: test.provider,
    without: openBraintree({ secrets: knownSecrets({}), clock }),
    now: NOW,
    sign: ({ text, by }: SignedText) => delivered(text, KEYS[by]),
    eventText: ({ id, known, note }) =>
      known
        ? notification(
            'transaction_settled',
            `<transaction><id>t1</id><order-id>${id} ${note}</order-id></transaction>`,
          )
        : notification('toaster_popped', `<toaster><id>${id}</id></toaster>`),
    async pay() {
      paid += 1
      test.objects[`transactions/t${paid}`] = aTransaction(`t${paid}`)
      return { paymentId: `t${paid}`, customerId: 'customer_1' }
    },
    inBus: (text) => ({ detail: text }),
    [Symbol.asyncDispose]: test[Symbol.asyncDispose],
  }
}, [
  ...[...WEBHOOKS_ALONE, ...NO_LISTS, ...NO_SIGNED_TIME],
  {
    test: 'refuses a delivery without its headers',
    because: 'the signature is in the form, not in a header',
  },
])
