import { paymentsContract, type SignedText } from '../../core/ports/payments.contract.ts'
import { openStripe } from './payments.ts'
import { snapshotEvent } from './testing/events.ts'
import { knownSecrets } from './testing/known-secrets.ts'
import { FIRST, localStripe, NOW, pay, SECOND } from './testing/local-stripe.ts'
import { signedDelivery } from './testing/signed-delivery.ts'

const SECRETS = { first: FIRST, second: SECOND, stranger: 'whsec_stranger' }

paymentsContract('stripe keeps the PaymentProvider contract, over the wire', async () => {
  const stripe = await localStripe()
  return {
    provider: stripe.provider,
    without: openStripe({ secrets: knownSecrets({}), clock: { now: () => NOW } }),
    now: NOW,
    sign: ({ text, by, at }: SignedText) => signedDelivery(text, { secrets: [SECRETS[by]], at }),
    eventText: ({ id, known, note }) => {
      const object = known ? { id: 'pi_1', object: 'payment_intent' } : { id: 'to_1', object: 'toaster' }
      const type = known ? 'payment_intent.succeeded' : 'toaster.popped'
      return JSON.stringify(snapshotEvent(type, { ...object, description: note ?? null }, { id }), null, 2)
    },
    pay: () => pay(stripe.sdk),
    inBus: (text) => ({ source: 'aws.partner/stripe.com/ed_1', detail: JSON.parse(text) as unknown }),
    [Symbol.asyncDispose]: stripe[Symbol.asyncDispose],
  }
})
