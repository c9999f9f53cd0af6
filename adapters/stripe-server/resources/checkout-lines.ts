import type { Price } from '../engine/objects.ts'
import { isMetered, priceOf } from '../engine/prices.ts'
import type { Param, Params, Store, StripeObject } from '../store.ts'
import { existing, inner, integer, invalid, list, text } from './fields.ts'
import { makePrice } from './prices.ts'

/** What is bought. A metered line has no quantity, and costs nothing yet. */
export interface CheckoutLine extends StripeObject {
  amount_total: number
  currency: string
  description: string
  quantity: number | null
  price: Price
}

/** Lines of a new session: recurring ones for a subscription, in one currency. */
export function linesOf(
  store: Store,
  params: Params,
  mode: 'payment' | 'subscription' | 'setup',
): CheckoutLine[] {
  const given = list(params, 'line_items')
  if (mode === 'setup') return []
  if (!given.length) throw invalid('line_items', 'Missing required param: line_items.', 'parameter_missing')
  const wanted = text(params, 'currency')?.toLowerCase()
  const lines = given.map((line, index) => lineOf(store, line, { index, wanted }))
  const recurring = lines.filter(({ price }) => price.recurring !== null)
  if (mode === 'payment' && recurring.length) {
    throw invalid('mode', 'You specified `payment` mode but passed a recurring price.')
  }
  if (mode === 'subscription' && !recurring.length) {
    throw invalid('mode', 'You must provide at least one recurring price in `subscription` mode.')
  }
  return lines
}

/** What is due at once. */
export function totalOf(lines: readonly CheckoutLine[]): number {
  return lines.reduce((sum, line) => sum + line.amount_total, 0)
}

function lineOf(
  store: Store,
  param: Param,
  { index, wanted }: { index: number; wanted: string | undefined },
): CheckoutLine {
  const line = inner({ param }, 'param')
  const at = `line_items[${index}]`
  const price = priceIn(store, line, at)
  const currency = wanted ?? price.currency
  if (currency !== price.currency && !price.currency_options?.[currency]) {
    throw invalid(`${at}[price]`, `The price ${price.id} is not available in ${currency}.`)
  }
  const metered = isMetered(price)
  const quantity = integer(line, 'quantity')
  if (metered && quantity !== undefined) throw invalid(`${at}[quantity]`, 'Metered prices take no quantity.')
  if (!metered && quantity === undefined)
    throw invalid(`${at}[quantity]`, 'Quantity is required.', 'parameter_missing')
  const amount = metered ? 0 : priceOf(price, currency, String(quantity))
  return {
    id: store.newId('li'),
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency,
    description: String(store.get(price.product)?.name ?? ''),
    price,
    quantity: quantity ?? null,
  }
}

function priceIn(store: Store, line: Params, at: string): Price {
  const id = text(line, 'price')
  const found = id
    ? existing(store, 'price', id, `${at}[price]`)
    : makePrice(store, { ...inner(line, 'price_data') })
  if (found.active === false) throw invalid(`${at}[price]`, `The price specified is inactive: ${found.id}`)
  return found as Price
}
