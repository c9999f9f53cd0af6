import type { ObjectOf, ProviderObject } from '../../core/billing/provider-objects.ts'
import type { ListedKind } from '../../core/ports/payments.ts'
import type { ApiClient } from './api-client.ts'
import { DISPUTE_EXPAND, PAYOUT_EXPAND, PRICE_EXPAND, SUBSCRIPTION_EXPAND } from './fetch.ts'
import { type MeterNames, meterOf } from './meter-names.ts'
import { readCustomer } from './read-customer.ts'
import { secondsOf } from './read-fields.ts'
import { readDispute, readPayout } from './read-movements.ts'
import { readPrice, readProduct } from './read-plan.ts'
import { readSubscription } from './read-subscription.ts'
import { INVOICE_EXPAND, wholeInvoice } from './whole-invoice.ts'
import { wholePayment } from './whole-payment.ts'
import { REFUND_EXPAND, wholeRefund } from './whole-refund.ts'
import { TRANSFER_EXPAND, wholeTransfer } from './whole-transfer.ts'

/** Stripe's own most. */
const PAGE = 100

interface Query {
  readonly limit: number
  readonly created?: { readonly gte: number }
}
type List<K extends ListedKind> = (
  query: Query,
  client: ApiClient,
  names: MeterNames,
) => AsyncGenerator<ObjectOf<K>>

const within = (names: readonly string[]) => names.map((name) => `data.${name}`)

const LIST: { readonly [K in ListedKind]: List<K> } = {
  async *product(query, client) {
    for await (const product of client.each((stripe) => stripe.products.list(query)))
      yield readProduct(product)
  },
  async *price(query, client, names) {
    const prices = client.each((stripe) => stripe.prices.list({ ...query, expand: within(PRICE_EXPAND) }))
    for await (const price of prices) yield readPrice(price, await meterOf(price, names))
  },
  async *customer(query, client) {
    for await (const customer of client.each((stripe) => stripe.customers.list(query)))
      yield readCustomer(customer)
  },
  async *subscription(query, client) {
    // Without a status those that have ended are left out.
    const asked = { ...query, status: 'all', expand: within(SUBSCRIPTION_EXPAND) } as const
    const subscriptions = client.each((stripe) => stripe.subscriptions.list(asked))
    for await (const subscription of subscriptions) yield readSubscription(subscription)
  },
  async *invoice(query, client, names) {
    const invoices = client.each((stripe) =>
      stripe.invoices.list({ ...query, expand: within(INVOICE_EXPAND) }),
    )
    for await (const invoice of invoices) yield wholeInvoice(invoice, client, names)
  },
  async *payment(query, client) {
    for await (const intent of client.each((stripe) => stripe.paymentIntents.list(query)))
      yield wholePayment(intent, client)
  },
  async *refund(query, client) {
    const refunds = client.each((stripe) => stripe.refunds.list({ ...query, expand: within(REFUND_EXPAND) }))
    for await (const refund of refunds) yield wholeRefund(refund, client)
  },
  async *dispute(query, client) {
    const disputes = client.each((stripe) =>
      stripe.disputes.list({ ...query, expand: within(DISPUTE_EXPAND) }),
    )
    for await (const dispute of disputes) yield readDispute(dispute)
  },
  async *payout(query, client) {
    const payouts = client.each((stripe) => stripe.payouts.list({ ...query, expand: within(PAYOUT_EXPAND) }))
    for await (const payout of payouts) yield readPayout(payout, null)
  },
  async *transfer(query, client) {
    const expand = within(TRANSFER_EXPAND)
    for await (const transfer of client.each((stripe) => stripe.transfers.list({ ...query, expand })))
      yield wholeTransfer(transfer, client)
  },
}

/** Newest first, as Stripe lists. Invoices and payments cost further requests each. */
export function listObjects(
  kind: ListedKind,
  since: Date | undefined,
  { client, names }: { client: ApiClient; names: MeterNames },
): AsyncGenerator<ProviderObject> {
  const query = { limit: PAGE, ...(since ? { created: { gte: secondsOf(since) } } : {}) }
  return LIST[kind](query, client, names)
}
