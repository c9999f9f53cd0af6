import type { Store } from '../store.ts'
import { multiply } from './amounts.ts'
import type { Item, Price, PriceAmount, Pricing } from './objects.ts'
import { find, invalid } from './objects-in-store.ts'

/** What a quantity costs, in whole minor units. */
export function priceOf(price: Price, currency: string, quantity: string): number {
  const counted = price.transform_quantity ? packed(quantity, price.transform_quantity) : quantity
  return multiply(counted, unitAmount(price, currency))
}

/** The amount of one, in minor units, as decimal text. */
export function unitAmount(price: Price, currency: string): string {
  if (price.tiers) throw invalid(`Tiered prices are not billed by this server: '${price.id}'`)
  const amount = amountIn(price, currency)
  return amount.unit_amount_decimal ?? String(amount.unit_amount ?? 0)
}

function amountIn(price: Price, currency: string): PriceAmount {
  if (price.currency === currency) return price
  const option = price.currency_options?.[currency]
  if (option) return option
  throw invalid(
    `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
    { param: 'currency' },
  )
}

function packed(quantity: string, { divide_by, round }: { divide_by: number; round: 'up' | 'down' }): string {
  const whole = BigInt(quantity.split('.')[0] ?? '0')
  const by = BigInt(divide_by)
  const more = round === 'up' && (whole % by > 0n || quantity.includes('.')) ? 1n : 0n
  return String(whole / by + more)
}

export const pricingOf = (price: Price, currency: string): Pricing => ({
  type: 'price_details',
  price_details: { price: price.id, product: price.product },
  unit_amount_decimal: unitAmount(price, currency),
})

export const isMetered = (price: Price): boolean => price.recurring?.usage_type === 'metered'
export const isLicensed = (item: Item): boolean => !isMetered(item.price)

export const productName = (store: Store, price: Price): string =>
  find(store, 'product', price.product)?.name ?? price.product
