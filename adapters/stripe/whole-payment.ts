import type Stripe from 'stripe'
import type { PaymentObject } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { idOf } from './read-fields.ts'
import { readLoneCharge, readPayment } from './read-payment.ts'

const CHARGE_EXPAND = ['balance_transaction', 'failure_balance_transaction']

/** A payment with all its charges, those that failed too, and the invoice that it pays. */
export async function wholePayment(intent: Stripe.PaymentIntent, client: ApiClient): Promise<PaymentObject> {
  const query = { payment_intent: intent.id, limit: 100, expand: CHARGE_EXPAND.map((name) => `data.${name}`) }
  const charges = await Array.fromAsync(client.each((stripe) => stripe.charges.list(query)))
  return readPayment(intent, charges, await invoiceOf(intent.id, client))
}

async function invoiceOf(intent: string, client: ApiClient): Promise<string | null> {
  const payment = { type: 'payment_intent', payment_intent: intent } as const
  const rows = await client.call((stripe) => stripe.invoicePayments.list({ payment, limit: 1 }))
  return idOf(rows.data[0]?.invoice)
}

/** The payment that an id of a payment or of one of its charges belongs to. */
export async function findPayment(id: string, client: ApiClient): Promise<PaymentObject | undefined> {
  if (!/^(ch|py)_/.test(id)) return findIntent(id, client)
  const charge = await client.find((stripe) => stripe.charges.retrieve(id, { expand: CHARGE_EXPAND }))
  const intent = idOf(charge?.payment_intent)
  if (intent !== null) return findIntent(intent, client)
  return charge && readLoneCharge(charge, null)
}

async function findIntent(id: string, client: ApiClient): Promise<PaymentObject | undefined> {
  const intent = await client.find((stripe) => stripe.paymentIntents.retrieve(id))
  return intent && wholePayment(intent, client)
}
