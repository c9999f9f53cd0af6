import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type { Interval, PriceObject, ProductObject } from '../../core/billing/provider-objects.ts'
import { decimalText, idIn, noted } from './read-fields.ts'

/** A plan: what it gives is written into the product's metadata. https://docs.stripe.com/api/products/object */
export function readProduct(product: Stripe.Product): ProductObject {
  const { metadata } = product
  return {
    kind: 'product',
    id: product.id,
    livemode: product.livemode,
    active: product.active,
    name: product.name,
    description: product.description,
    planKey: noted(metadata, 'plan_key'),
    audience: noted(metadata, 'audience') === 'organisation' ? 'organisation' : 'viewer',
    features: listed(noted(metadata, 'features')),
    rank: wholeNumber(noted(metadata, 'rank')),
  }
}

const listed = (text: string | null): string[] =>
  (text ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')

const wholeNumber = (text: string | null): number =>
  text !== null && /^-?\d{1,9}$/.test(text) ? Number(text) : 0

/** A price; `meter` is the event name of the meter that it is counted by. https://docs.stripe.com/api/prices/object */
export function readPrice(price: Stripe.Price, meter: string | null): PriceObject {
  return {
    kind: 'price',
    id: price.id,
    livemode: price.livemode,
    productId: idIn(price.product, 'product'),
    active: price.active,
    lookupKey: price.lookup_key,
    currency: currencyOf(price.currency),
    unitAmountMinor: price.unit_amount ?? null,
    unitAmountDecimal: decimalText(price.unit_amount_decimal) ?? decimalText(price.unit_amount),
    interval: (price.recurring?.interval as Interval | undefined) ?? null,
    intervalCount: price.recurring?.interval_count ?? 1,
    meter,
    trialDays: price.recurring?.trial_period_days ?? null,
    otherCurrencies: otherAmounts(price),
  }
}

/** `currency_options` repeats the price's own currency. */
function otherAmounts({ currency, currency_options: options }: Stripe.Price): Record<string, number> {
  const amounts = Object.entries(options ?? {}).flatMap(([code, { unit_amount: amount }]) =>
    code === currency || amount === null || amount === undefined ? [] : [[code, amount] as const],
  )
  return Object.fromEntries(amounts)
}
