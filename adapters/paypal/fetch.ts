import type { Gone, ObjectKind, ObjectRef, ProviderObject } from '../../core/billing/provider-objects.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import type { PaypalApi } from './api.ts'
import { readDispute } from './read-dispute.ts'
import { readCapture, readSale } from './read-payment.ts'
import { readRefund, readSaleRefund } from './read-refund.ts'
import { readPrice, readProduct, readSubscription } from './read-subscription.ts'
import { Capture, Dispute, Order, Plan, Refund, Sale, SaleRefund, Subscription } from './wire.ts'

type Find = (api: PaypalApi, id: string) => Promise<ProviderObject | undefined>

const live = async (api: PaypalApi) => (await api.settings()).environment === 'live'

const FIND: { readonly [K in ObjectKind]?: Find } = {
  async payment(api, id) {
    const capture = await api.find(`/v2/payments/captures/${id}`, Capture)
    return capture ? wholeCapture(api, capture) : findSale(api, id)
  },
  async refund(api, id) {
    const refund = await api.find(`/v2/payments/refunds/${id}`, Refund)
    if (refund) return readRefund(refund, await live(api))
    const ofSale = await api.find(`/v1/payments/refund/${id}`, SaleRefund)
    return ofSale && readSaleRefund(ofSale, await live(api))
  },
  async dispute(api, id) {
    const dispute = await api.find(`/v1/customer/disputes/${id}`, Dispute)
    return dispute && readDispute(dispute, await live(api))
  },
  async subscription(api, id) {
    const subscription = await api.find(`/v1/billing/subscriptions/${id}`, Subscription)
    if (!subscription) return undefined
    const plan = await api.get(`/v1/billing/plans/${encodeURIComponent(subscription.plan_id)}`, Plan)
    return readSubscription(subscription, plan, await live(api))
  },
  async product(api, id) {
    const plan = await api.find(`/v1/billing/plans/${id}`, Plan)
    return plan && readProduct(plan, await api.settings())
  },
  async price(api, id) {
    const plan = await api.find(`/v1/billing/plans/${id}`, Plan)
    return plan && readPrice(plan, await live(api))
  },
}

/** The object as PayPal has it now. */
export async function fetchObject(ref: ObjectRef, api: PaypalApi): Promise<ProviderObject | Gone> {
  const find = FIND[ref.kind]
  if (!find) throw new NotSupported(`PayPal has nothing that is read here as ${ref.kind}`)
  return (await find(api, encodeURIComponent(ref.id))) ?? { ...ref, gone: true }
}

/** An order may have gone while its capture is still there. */
async function wholeCapture(api: PaypalApi, capture: Capture): Promise<ProviderObject> {
  const orderId = capture.supplementary_data?.related_ids?.order_id
  const order = orderId
    ? await api.find(`/v2/checkout/orders/${encodeURIComponent(orderId)}`, Order)
    : undefined
  return readCapture(capture, order, await live(api))
}

/** A payment of a subscription: whose it is, the subscription tells. */
async function findSale(api: PaypalApi, id: string): Promise<ProviderObject | undefined> {
  const sale = await api.find(`/v1/payments/sale/${id}`, Sale)
  if (!sale) return undefined
  const of = sale.billing_agreement_id
  const subscription = of
    ? await api.find(`/v1/billing/subscriptions/${encodeURIComponent(of)}`, Subscription)
    : undefined
  return readSale(sale, subscription?.subscriber?.payer_id ?? null, await live(api))
}
