import type { Store } from '../store.ts'
import { share } from './amounts.ts'
import { prorationText } from './lines.ts'
import { link } from './links.ts'
import type { InvoiceItem, Item, Subscription } from './objects.ts'
import { add, invalid } from './objects-in-store.ts'
import { isLicensed, priceOf, pricingOf } from './prices.ts'

/**
 * What a change of items costs for the rest of the period, by seconds: the old is credited, the new is charged
 * (https://docs.stripe.com/billing/subscriptions/prorations). `debits: false` where the new is billed whole anyway.
 */
export function prorationsOf(
  store: Store,
  subscription: Subscription,
  of: { items: readonly Item[]; at: number; debits: boolean },
): InvoiceItem[] {
  if (subscription.status === 'trialing' || subscription.status === 'incomplete') return []
  const before = subscription.items.data
  refuseOutside(before, of.at)
  const gone = before.filter((item) => isLicensed(item) && !isSame(item, of.items))
  const come = of.debits ? of.items.filter((item) => isLicensed(item) && !isSame(item, before)) : []
  return [
    ...gone.map((item) => prorationItem(store, subscription, { item, at: of.at, credit: true })),
    ...come.map((item) => prorationItem(store, subscription, { item, at: of.at, credit: false })),
  ].filter((item) => item.amount !== 0)
}

const isSame = (item: Item, others: readonly Item[]): boolean =>
  others.some(
    (other) => other.id === item.id && other.price.id === item.price.id && other.quantity === item.quantity,
  )

function refuseOutside(items: readonly Item[], at: number): void {
  const [first] = items
  if (first && (at < first.current_period_start || at > first.current_period_end))
    throw invalid('Cannot specify a proration date outside of the current period', {
      param: 'proration_date',
    })
}

function prorationItem(
  store: Store,
  subscription: Subscription,
  { item, at, credit }: { item: Item; at: number; credit: boolean },
): InvoiceItem {
  const { currency } = subscription
  const quantity = item.quantity ?? 1
  const whole = priceOf(item.price, currency, String(quantity))
  const { current_period_start: start, current_period_end: end } = item
  const amount = share(whole, end - at, end - start)
  return {
    ...bareItem(store, subscription.customer),
    amount: credit ? 0 - amount : amount,
    currency,
    date: at,
    description: prorationText(store, item.price, { credit, at, quantity }),
    discountable: false,
    parent: {
      type: 'subscription_details',
      subscription_details: { subscription: subscription.id, subscription_item: item.id },
    },
    period: { start: at, end },
    pricing: pricingOf(item.price, currency),
    proration: true,
    quantity,
    quantity_decimal: String(quantity),
  }
}

/** An invoice item before its own fields are known. */
export const bareItem = (store: Store, customer: string) => ({
  id: store.newId('ii'),
  object: 'invoiceitem',
  customer,
  date: store.now(customer),
  discountable: true,
  discounts: [],
  invoice: null,
  livemode: false,
  metadata: {},
  tax_rates: [],
  test_clock: null,
})

/** Leaves items for the customer's next invoice. */
export function leavePending(store: Store, items: readonly InvoiceItem[]): void {
  for (const item of items) {
    add(store, item, 'invoiceitem.created')
    link(store, 'pending-items', item.customer, item.id)
  }
}
