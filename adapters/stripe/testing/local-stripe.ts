import Stripe from 'stripe'
import type { PaymentProvider } from '../../../core/ports/payments.ts'
import { startStripeServer } from '../../stripe-server/start.ts'
import { openStripe } from '../payments.ts'
import { knownSecrets, webhookSecrets } from './known-secrets.ts'

export const KEY = 'sk_test_local'
export const FIRST = 'whsec_first'
export const SECOND = 'whsec_second'
export const NOW = new Date('2026-11-20T12:00:00Z')

/** The local Stripe server at a fixed time unless told otherwise, our provider on it, and the bare SDK for what customers do. */
export async function localStripe(now = () => NOW) {
  const server = await startStripeServer({ port: 0, key: KEY, now })
  const secrets = knownSecrets({
    'stripe-key': KEY,
    'stripe-webhook': webhookSecrets({ secret: FIRST }, { secret: SECOND }),
  })
  const provider: PaymentProvider = openStripe({ secrets, clock: { now }, api: server.origin })
  const sdk = new Stripe(KEY, { host: server.host, port: server.port, protocol: 'http', telemetry: false })
  return { server, secrets, provider, sdk, [Symbol.asyncDispose]: () => server.stop() }
}

/** A customer who has a card. */
export async function customerWithCard(sdk: Stripe, card = 'pm_card_visa') {
  const customer = await sdk.customers.create({ email: 'ada@example.com', name: 'Ada' })
  const method = await sdk.paymentMethods.attach(card, { customer: customer.id })
  await sdk.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } })
  return { customerId: customer.id, methodId: method.id }
}

/** A payment of 10.00 euro that succeeds. */
export async function pay(sdk: Stripe): Promise<{ paymentId: string; customerId: string }> {
  const { customerId, methodId } = await customerWithCard(sdk)
  const intent = await sdk.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    customer: customerId,
    payment_method: methodId,
    confirm: true,
    off_session: true,
  })
  return { paymentId: intent.id, customerId }
}
