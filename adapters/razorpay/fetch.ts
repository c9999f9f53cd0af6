import type {
  Gone,
  ObjectKind,
  ObjectRef,
  PaymentObject,
  ProviderObject,
} from '../../core/billing/provider-objects.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import type { RazorpayApi } from './api.ts'
import { readInvoice } from './read-invoice.ts'
import { readDispute, readPayment, readRefund } from './read-money.ts'
import { readCustomer, readPrice, readProduct, readSubscription } from './read-subscription.ts'
import { isLive } from './settings.ts'
import { Customer, Dispute, Invoice, Payment, Plan, Refund, Subscription } from './wire.ts'

type Find = (api: RazorpayApi, id: string) => Promise<ProviderObject | undefined>

const live = async (api: RazorpayApi) => isLive(await api.settings())

const FIND: { readonly [K in ObjectKind]?: Find } = {
  async payment(api, id) {
    const payment = await api.find(`payments/${id}`, Payment)
    return payment && wholePayment(api, payment)
  },
  async refund(api, id) {
    const refund = await api.find(`refunds/${id}`, Refund)
    return refund && readRefund(refund, await live(api))
  },
  async dispute(api, id) {
    const dispute = await api.find(`disputes/${id}`, Dispute)
    return dispute && readDispute(dispute, await live(api))
  },
  async invoice(api, id) {
    const invoice = await api.find(`invoices/${id}`, Invoice)
    return invoice && readInvoice(invoice, await live(api))
  },
  async subscription(api, id) {
    const subscription = await api.find(`subscriptions/${id}`, Subscription)
    if (!subscription) return undefined
    const plan = await api.get(`plans/${encodeURIComponent(subscription.plan_id)}`, Plan)
    return readSubscription(subscription, plan, await live(api))
  },
  async product(api, id) {
    const plan = await api.find(`plans/${id}`, Plan)
    return plan && readProduct(plan, await api.settings())
  },
  async price(api, id) {
    const plan = await api.find(`plans/${id}`, Plan)
    return plan && readPrice(plan, await live(api))
  },
  async customer(api, id) {
    const customer = await api.find(`customers/${id}`, Customer)
    return customer && readCustomer(customer, await live(api))
  },
}

/**
 * A payment with whom its invoice was made for, where it does not say so itself: it names a customer only where one is
 * stored with it. Without that the claim would be a customer's and its payment nobody's.
 */
export async function wholePayment(api: RazorpayApi, payment: Payment): Promise<PaymentObject> {
  const customer_id = payment.customer_id ?? (await payerIn(api, payment.invoice_id))
  return readPayment({ ...payment, customer_id }, await live(api))
}

async function payerIn(api: RazorpayApi, invoiceId: string | null | undefined): Promise<string | null> {
  if (!invoiceId) return null
  const invoice = await api.find(`invoices/${encodeURIComponent(invoiceId)}`, Invoice)
  return invoice?.customer_id ?? null
}

/** The object as Razorpay has it now. */
export async function fetchObject(ref: ObjectRef, api: RazorpayApi): Promise<ProviderObject | Gone> {
  const find = FIND[ref.kind]
  if (!find) throw new NotSupported(`Razorpay has nothing that is read here as ${ref.kind}`)
  return (await find(api, encodeURIComponent(ref.id))) ?? { ...ref, gone: true }
}
