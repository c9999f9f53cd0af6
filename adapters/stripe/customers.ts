import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { clientSecretOf } from './client-secret.ts'

type Customers = Pick<
  PaymentProvider,
  'saveCustomer' | 'openPortal' | 'startSetup' | 'setDefaultPaymentMethod' | 'detachPaymentMethod'
>

/** Customers and what they pay with. https://docs.stripe.com/api/customers */
export const customerCalls = (client: ApiClient): Customers => ({
  async saveCustomer({ id, reference, email, name, idempotencyKey }) {
    const fields = { email, name, metadata: { skyreel_customer: reference } }
    const saved = await client.call((stripe) =>
      id === null
        ? stripe.customers.create(fields, { idempotencyKey })
        : stripe.customers.update(id, fields, { idempotencyKey }),
    )
    return { id: saved.id }
  },
  async openPortal({ customerId, returnUrl }) {
    const asked = { customer: customerId, return_url: returnUrl }
    const { url } = await client.call((stripe) => stripe.billingPortal.sessions.create(asked))
    return { url }
  },
  async startSetup({ customerId, idempotencyKey }) {
    const asked = { customer: customerId, usage: 'off_session' } as const
    const setup = await client.call((stripe) => stripe.setupIntents.create(asked, { idempotencyKey }))
    return { id: setup.id, clientSecret: clientSecretOf(setup) }
  },
  async setDefaultPaymentMethod({ customerId, methodId }) {
    const change = { invoice_settings: { default_payment_method: methodId } }
    await client.call((stripe) => stripe.customers.update(customerId, change))
  },
  async detachPaymentMethod(methodId) {
    try {
      await client.call((stripe) => stripe.paymentMethods.detach(methodId))
    } catch (error) {
      if (!(error instanceof PaymentRefused) || (await isAttached(methodId, client))) throw error
    }
  },
})

/** Stripe refuses to detach what is detached. */
async function isAttached(methodId: string, client: ApiClient): Promise<boolean> {
  const method = await client.find((stripe) => stripe.paymentMethods.retrieve(methodId))
  return method === undefined || method.customer !== null
}
