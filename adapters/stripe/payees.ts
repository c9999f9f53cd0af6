import type { PaymentProvider } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'

type Payees = Pick<PaymentProvider, 'savePayeeAccount' | 'payeeOnboarding' | 'transfer'>

/** Paying others out through Connect. https://docs.stripe.com/connect/separate-charges-and-transfers */
export const payeeCalls = (client: ApiClient): Payees => ({
  async savePayeeAccount({ reference, email, country, idempotencyKey }) {
    const asked = {
      email,
      country,
      // Stripe asks the payee for what the law wants and shows them their money; fees and losses are the platform's.
      controller: {
        fees: { payer: 'application' },
        losses: { payments: 'application' },
        stripe_dashboard: { type: 'express' },
      },
      capabilities: { transfers: { requested: true } },
      metadata: { skyreel_customer: reference },
    } as const
    const { id } = await client.call((stripe) => stripe.accounts.create(asked, { idempotencyKey }))
    return { id }
  },
  async payeeOnboarding({ accountId, returnUrl, refreshUrl }) {
    const asked = {
      account: accountId,
      type: 'account_onboarding',
      return_url: returnUrl,
      refresh_url: refreshUrl,
    } as const
    const { url } = await client.call((stripe) => stripe.accountLinks.create(asked))
    return { url }
  },
  async transfer({ accountId, money, reference, idempotencyKey }) {
    const asked = {
      destination: accountId,
      amount: money.amountMinor,
      currency: money.currency,
      metadata: { skyreel_transfer: reference },
    }
    const { id } = await client.call((stripe) => stripe.transfers.create(asked, { idempotencyKey }))
    return { id }
  },
})
