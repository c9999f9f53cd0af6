import type Stripe from 'stripe'
import { type PaymentProvider, PaymentRefused } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { clientSecretOf } from './client-secret.ts'
import { secondsOf } from './read-fields.ts'
import { REFUND_EXPAND, wholeRefund } from './whole-refund.ts'

type Charges = Pick<
  PaymentProvider,
  'startPayment' | 'refund' | 'payInvoice' | 'markUncollectible' | 'addInvoiceLine'
>

/** Money asked for and given back. */
export const chargeCalls = (client: ApiClient): Charges => ({
  async startPayment({ customerId, money, description, reference, idempotencyKey }) {
    const asked = {
      customer: customerId,
      amount: money.amountMinor,
      currency: money.currency,
      description,
      metadata: { skyreel_operation: reference },
    }
    const intent = await client.call((stripe) => stripe.paymentIntents.create(asked, { idempotencyKey }))
    return { id: intent.id, clientSecret: clientSecretOf(intent) }
  },
  async refund({ paymentId, amountMinor, reason, idempotencyKey }) {
    const asked = {
      ...(/^(ch|py)_/.test(paymentId) ? { charge: paymentId } : { payment_intent: paymentId }),
      ...(amountMinor === undefined ? {} : { amount: amountMinor }),
      reason,
      expand: REFUND_EXPAND,
    }
    const refund = await client.call((stripe) => stripe.refunds.create(asked, { idempotencyKey }))
    return wholeRefund(refund, client)
  },
  async payInvoice({ invoiceId, idempotencyKey }) {
    await client.call((stripe) => stripe.invoices.pay(invoiceId, {}, { idempotencyKey }))
  },
  async markUncollectible({ invoiceId, idempotencyKey }) {
    await client.call((stripe) => stripe.invoices.markUncollectible(invoiceId, {}, { idempotencyKey }))
  },
  async addInvoiceLine(request) {
    const { invoiceId, subscriptionId, idempotencyKey } = request
    const item = itemOf(request)
    if (invoiceId !== undefined) {
      const onDraft = await addToDraft({ ...item, invoice: invoiceId }, `${idempotencyKey}-draft`, client)
      if (onDraft) return { id: onDraft.id }
    }
    const asked = { ...item, ...(subscriptionId === null ? {} : { subscription: subscriptionId }) }
    const { id } = await client.call((stripe) => stripe.invoiceItems.create(asked, { idempotencyKey }))
    return { id }
  },
})

type Line = Parameters<PaymentProvider['addInvoiceLine']>[0]

const itemOf = ({ customerId, money, reference, ...line }: Line) => ({
  customer: customerId,
  amount: money.amountMinor,
  currency: money.currency,
  description: line.description,
  period: { start: secondsOf(line.periodStart), end: secondsOf(line.periodEnd) },
  metadata: { skyreel_reference: reference },
})

/**
 * Undefined where the invoice takes none any more: what was finalized never is a draft again, so a repetition of the call
 * comes to the same end. https://docs.stripe.com/api/invoiceitems/create
 */
async function addToDraft(
  asked: Stripe.InvoiceItemCreateParams,
  idempotencyKey: string,
  client: ApiClient,
): Promise<Stripe.InvoiceItem | undefined> {
  try {
    return await client.call((stripe) => stripe.invoiceItems.create(asked, { idempotencyKey }))
  } catch (error) {
    if (error instanceof PaymentRefused) return undefined
    throw error
  }
}
