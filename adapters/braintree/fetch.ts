import type { Gone, ObjectKind, ObjectRef, ProviderObject } from '../../core/billing/provider-objects.ts'
import { NotSupported } from '../../core/run/not-supported.ts'
import type { BraintreeApi } from './api.ts'
import { readDispute } from './read-dispute.ts'
import { readCustomer, readPrice, readProduct, readSubscription } from './read-subscription.ts'
import { isCredit, readPayment, readRefund } from './read-transaction.ts'
import { isLive } from './settings.ts'
import { childOf, type Element, needed, textIn } from './xml.ts'

type Find = (api: BraintreeApi, id: string) => Promise<ProviderObject | undefined>

const live = async (api: BraintreeApi) => isLive(await api.settings())

const FIND: { readonly [K in ObjectKind]?: Find } = {
  payment: findTransaction,
  refund: findTransaction,
  async dispute(api, id) {
    const dispute = await api.find(`disputes/${id}`)
    return dispute && readDispute(dispute, await live(api))
  },
  async subscription(api, id) {
    const subscription = await api.find(`subscriptions/${id}`)
    if (!subscription) return undefined
    const plan = await api.get(`plans/${encodeURIComponent(needed(subscription, 'plan-id'))}`)
    const customerId = await customerOf(api, subscription)
    return readSubscription(subscription, { customerId, plan, livemode: await live(api) })
  },
  async product(api, id) {
    const plan = await api.find(`plans/${id}`)
    return plan && readProduct(plan, await api.settings())
  },
  async price(api, id) {
    const plan = await api.find(`plans/${id}`)
    return plan && readPrice(plan, await live(api))
  },
  async customer(api, id) {
    const customer = await api.find(`customers/${id}`)
    return customer && readCustomer(customer, await live(api))
  },
}

/** The object as Braintree has it now. */
export async function fetchObject(ref: ObjectRef, api: BraintreeApi): Promise<ProviderObject | Gone> {
  const find = FIND[ref.kind]
  if (!find) throw new NotSupported(`Braintree has nothing that is read here as ${ref.kind}`)
  return (await find(api, encodeURIComponent(ref.id))) ?? { ...ref, gone: true }
}

/** Payments and refunds are transactions, and its type tells which it is: not every event does. */
async function findTransaction(api: BraintreeApi, id: string): Promise<ProviderObject | undefined> {
  const transaction = await api.find(`transactions/${id}`)
  if (!transaction) return undefined
  if (isCredit(transaction)) return readRefund(transaction, await live(api))
  return readPayment(transaction, await refundsOf(api, transaction), await live(api))
}

/** The transactions that gave back of a sale. */
export async function refundsOf(api: BraintreeApi, sale: Element): Promise<readonly Element[]> {
  const ids = childOf(sale, 'refund-ids')?.children ?? []
  return Promise.all(ids.map(({ text }) => api.get(`transactions/${encodeURIComponent(text.trim())}`)))
}

/** A subscription names its customer only by what it is paid with, and that may be deleted: then a payment of it tells. */
async function customerOf(api: BraintreeApi, subscription: Element): Promise<string> {
  const token = textIn(subscription, 'payment-method-token')
  const method = token ? await api.find(`payment_methods/any/${encodeURIComponent(token)}`) : undefined
  const paid = childOf(subscription, 'transactions')?.children[0]
  return textIn(method, 'customer-id') ?? textIn(childOf(paid, 'customer'), 'id') ?? ''
}
