import type { Store } from '../store.ts'
import { usageOf } from './metered-usage.ts'
import {
  type Customer,
  embed,
  type InvoiceItem,
  type Item,
  type Line,
  type LineTax,
  type Period,
  type Price,
  type Subscription,
} from './objects.ts'
import { find } from './objects-in-store.ts'
import { dayText } from './periods.ts'
import { priceOf, pricingOf, productName } from './prices.ts'
import { taxOn } from './taxes.ts'

/** A licensed item for a period to come. */
export function itemLine(store: Store, subscription: Subscription, item: Item, period: Period): Line {
  const quantity = item.quantity ?? 1
  return lineOf(store, {
    subscription,
    item,
    period,
    quantity: String(quantity),
    amount: priceOf(item.price, subscription.currency, String(quantity)),
    description: `${quantity} × ${productName(store, item.price)}`,
  })
}

/** A metered item for a period that is over. */
export function meteredLine(store: Store, subscription: Subscription, item: Item, period: Period): Line {
  const quantity = usageOf(store, item.price, subscription.customer, period)
  return lineOf(store, {
    subscription,
    item,
    period,
    quantity,
    amount: priceOf(item.price, subscription.currency, quantity),
    description: `${quantity} × ${productName(store, item.price)}`,
  })
}

/** The line of a trial, that costs nothing. */
export const trialLine = (store: Store, subscription: Subscription, item: Item, period: Period): Line =>
  lineOf(store, {
    subscription,
    item,
    period,
    quantity: String(item.quantity ?? 1),
    amount: 0,
    description: `Trial period for ${productName(store, item.price)}`,
  })

interface Parts {
  readonly subscription: Subscription
  readonly item: Item
  readonly period: Period
  readonly quantity: string
  readonly amount: number
  readonly description: string
}
function lineOf(store: Store, parts: Parts): Line {
  const { subscription, item } = parts
  const { currency } = subscription
  return {
    ...bareLine(store, { ...parts, currency }),
    parent: {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: false,
        proration_details: null,
        subscription: subscription.id,
        subscription_item: item.id,
      },
      type: 'subscription_item_details',
    },
    pricing: pricingOf(item.price, currency),
    subscription: subscription.id,
    taxes: taxesOf(store, { ...parts, automatic: subscription.automatic_tax.enabled }),
  }
}

/** The line of an invoice item, proration or not. */
export function invoiceItemLine(store: Store, pending: InvoiceItem, automaticTax: boolean): Line {
  const from = pending.parent?.subscription_details
  const price = find(store, 'price', pending.pricing?.price_details.price)
  return {
    ...bareLine(store, {
      ...pending,
      quantity: String(pending.quantity),
      description: pending.description ?? '',
    }),
    metadata: pending.metadata,
    parent: from?.subscription_item
      ? {
          invoice_item_details: null,
          subscription_item_details: { ...itemDetails(pending), subscription_item: from.subscription_item },
          type: 'subscription_item_details',
        }
      : {
          invoice_item_details: itemDetails(pending),
          subscription_item_details: null,
          type: 'invoice_item_details',
        },
    pricing: pending.pricing,
    subscription: from?.subscription ?? null,
    taxes: taxesOf(store, {
      amount: pending.amount,
      automatic: automaticTax,
      customer: pending.customer,
      ...(price && { price }),
    }),
  }
}

const itemDetails = (pending: InvoiceItem) => ({
  invoice_item: pending.id,
  proration: pending.proration,
  proration_details: pending.proration ? { credited_items: null } : null,
  subscription: pending.parent?.subscription_details.subscription ?? null,
})

function taxesOf(
  store: Store,
  of: {
    amount: number
    automatic: boolean
    subscription?: Subscription
    customer?: string
    item?: Item
    price?: Price
  },
): LineTax[] {
  if (!of.automatic) return []
  const customer = find(store, 'customer', of.customer ?? of.subscription?.customer)
  const behaviour = (of.price ?? of.item?.price)?.tax_behavior
  const tax =
    customer &&
    taxOn(store, customer as Customer, { amount: of.amount, inclusive: behaviour === 'inclusive' })
  return tax ? [tax] : []
}

function bareLine(
  store: Store,
  of: { amount: number; currency: string; description: string; period: Period; quantity: string },
) {
  return {
    id: store.newId('il'),
    object: 'line_item' as const,
    amount: of.amount,
    currency: of.currency,
    description: of.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: false,
    metadata: {},
    period: of.period,
    pretax_credit_amounts: [],
    quantity: of.quantity.includes('.') ? null : Number(of.quantity),
    quantity_decimal: of.quantity,
    subtotal: of.amount,
  }
}

/** The lines as an invoice has them embedded. */
export const linesOf = (invoiceId: string, lines: readonly Line[]) =>
  embed(
    `/v1/invoices/${invoiceId}/lines`,
    lines.map((line) => ({ ...line, invoice: invoiceId })),
  )

export const prorationText = (
  store: Store,
  price: Price,
  what: { credit: boolean; at: number; quantity: number },
) => {
  const name =
    what.quantity === 1 ? productName(store, price) : `${what.quantity} × ${productName(store, price)}`
  return `${what.credit ? 'Unused' : 'Remaining'} time on ${name} after ${dayText(what.at)}`
}
