import type {
  Gone,
  ObjectKind,
  ObjectOf,
  ObjectRef,
  ProviderObject,
} from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { fetchNotice } from './fetch-notice.ts'
import { type MeterNames, meterOf } from './meter-names.ts'
import { readCheckout } from './read-checkout.ts'
import { readCustomer, readPayeeAccount, readPaymentMethod } from './read-customer.ts'
import { idOf } from './read-fields.ts'
import { readDispute, readPayout } from './read-movements.ts'
import { readPrice, readProduct } from './read-plan.ts'
import { readSubscription } from './read-subscription.ts'
import { INVOICE_EXPAND, wholeInvoice } from './whole-invoice.ts'
import { findPayment } from './whole-payment.ts'
import { REFUND_EXPAND, wholeRefund } from './whole-refund.ts'
import { TRANSFER_EXPAND, wholeTransfer } from './whole-transfer.ts'

export const PRICE_EXPAND = ['currency_options']
export const DISPUTE_EXPAND = ['charge']
export const PAYOUT_EXPAND = ['balance_transaction', 'failure_balance_transaction']
export const SUBSCRIPTION_EXPAND = ['schedule']

type Find<K extends ObjectKind> = (
  ref: ObjectRef,
  client: ApiClient,
  names: MeterNames,
) => Promise<ObjectOf<K> | undefined>

const ofAccount = ({ accountId }: ObjectRef) => (accountId === null ? {} : { stripeAccount: accountId })

const FIND: { readonly [K in ObjectKind]: Find<K> } = {
  product: async ({ id }, client) => {
    const product = await client.find((stripe) => stripe.products.retrieve(id))
    return product && readProduct(product)
  },
  price: async ({ id }, client, names) => {
    const price = await client.find((stripe) => stripe.prices.retrieve(id, { expand: PRICE_EXPAND }))
    return price && readPrice(price, await meterOf(price, names))
  },
  customer: async ({ id }, client) => {
    const customer = await client.find((stripe) => stripe.customers.retrieve(id))
    return customer && readCustomer(customer)
  },
  'payment-method': async ({ id }, client) => {
    const methodId = id.startsWith('seti_') ? await methodOfSetup(id, client) : id
    if (methodId === null) return undefined
    const method = await client.find((stripe) => stripe.paymentMethods.retrieve(methodId))
    return method && readPaymentMethod(method)
  },
  subscription: async ({ id }, client) => {
    const subscriptionId = id.startsWith('sub_sched_') ? await subscriptionOfSchedule(id, client) : id
    if (subscriptionId === null) return undefined
    const query = { expand: SUBSCRIPTION_EXPAND }
    const subscription = await client.find((stripe) => stripe.subscriptions.retrieve(subscriptionId, query))
    return subscription && readSubscription(subscription)
  },
  invoice: async ({ id }, client, names) => {
    const invoiceId = await invoiceIdOf(id, client)
    if (invoiceId === null) return undefined
    const query = { expand: INVOICE_EXPAND }
    const invoice = await client.find((stripe) => stripe.invoices.retrieve(invoiceId, query))
    return invoice && wholeInvoice(invoice, client, names)
  },
  payment: ({ id }, client) => findPayment(id, client),
  refund: async ({ id }, client) => {
    const refund = await client.find((stripe) => stripe.refunds.retrieve(id, { expand: REFUND_EXPAND }))
    return refund && wholeRefund(refund, client)
  },
  dispute: async ({ id }, client) => {
    const dispute = await client.find((stripe) => stripe.disputes.retrieve(id, { expand: DISPUTE_EXPAND }))
    return dispute && readDispute(dispute)
  },
  payout: async (ref, client) => {
    const query = { expand: PAYOUT_EXPAND }
    const payout = await client.find((stripe) => stripe.payouts.retrieve(ref.id, query, ofAccount(ref)))
    return payout && readPayout(payout, ref.accountId)
  },
  transfer: async ({ id }, client) => {
    const transfer = await client.find((stripe) => stripe.transfers.retrieve(id, { expand: TRANSFER_EXPAND }))
    return transfer && wholeTransfer(transfer, client)
  },
  'payee-account': async ({ id }, client) => {
    const account = await client.find((stripe) => stripe.accounts.retrieve(id))
    return account && readPayeeAccount(account, await client.livemode())
  },
  checkout: async ({ id }, client) => {
    const session = await client.find((stripe) => stripe.checkout.sessions.retrieve(id))
    return session && readCheckout(session)
  },
  notice: ({ id }, client) => fetchNotice(id, client),
}

/** The object as Stripe has it now, whole. An id of a part of it (a charge, a schedule) finds the whole. */
export async function fetchObject(
  ref: ObjectRef,
  client: ApiClient,
  names: MeterNames,
): Promise<ProviderObject | Gone> {
  const found = await FIND[ref.kind](ref, client, names)
  return found ?? { ...ref, gone: true }
}

async function methodOfSetup(id: string, client: ApiClient): Promise<string | null> {
  return idOf((await client.find((stripe) => stripe.setupIntents.retrieve(id)))?.payment_method)
}

async function subscriptionOfSchedule(id: string, client: ApiClient): Promise<string | null> {
  const schedule = await client.find((stripe) => stripe.subscriptionSchedules.retrieve(id))
  return idOf(schedule?.subscription) ?? schedule?.released_subscription ?? null
}

/** A payment of an invoice and a credit note are told by their own ids, too. */
async function invoiceIdOf(id: string, client: ApiClient): Promise<string | null> {
  if (id.startsWith('inpay_'))
    return idOf((await client.find((stripe) => stripe.invoicePayments.retrieve(id)))?.invoice)
  if (id.startsWith('cn_'))
    return idOf((await client.find((stripe) => stripe.creditNotes.retrieve(id)))?.invoice)
  return id
}
