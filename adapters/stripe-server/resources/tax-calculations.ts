import { share } from '../engine/amounts.ts'
import { TAX_RATES } from '../engine/taxes.ts'
import type { StrictOperation } from '../operation-table.ts'
import { listOf } from '../paging.ts'
import type { Param, Params, Store, StripeObject } from '../store.ts'
import { existing, inner, integer, invalid, list, text, word } from './fields.ts'

const WHOLE = 10_000
const KEPT_SECONDS = 90 * 24 * 3600

/** Standard rates by country; what Stripe Tax knows of products and states is not here. https://docs.stripe.com/api/tax/calculations */
export const taxOperations: readonly StrictOperation[] = [
  {
    method: 'POST',
    path: '/v1/tax/calculations',
    accepts: ['currency', 'line_items', 'customer', 'customer_details', 'tax_date', 'shipping_cost'],
    requires: ['currency', 'line_items'],
    run: (store, { params }) => calculate(store, params),
  },
  {
    method: 'GET',
    path: '/v1/tax/calculations/:id',
    accepts: [],
    run: (store, { path }) => existing(store, 'tax.calculation', path.id),
  },
  {
    method: 'GET',
    path: '/v1/tax/calculations/:id/line_items',
    accepts: ['limit', 'starting_after', 'ending_before'],
    run(store, { path }) {
      const { id, line_items: items } = existing(store, 'tax.calculation', path.id)
      return listOf(`/v1/tax/calculations/${id}/line_items`, (items as { data: StripeObject[] }).data)
    },
  },
]

interface Place {
  readonly country: string
  readonly rate: number
  readonly reason: 'standard_rated' | 'not_collecting' | 'reverse_charge'
}

function calculate(store: Store, params: Params): StripeObject {
  const currency = (text(params, 'currency') ?? '').toLowerCase()
  const place = placeOf(store, params)
  const id = store.newId('taxcalc')
  const lines = list(params, 'line_items').map((line, index) => lineOf(store, line, { index, place }))
  const total = (pick: (line: Line) => number) => lines.reduce((sum, line) => sum + pick(line), 0)
  const exclusive = total((line) => (line.tax_behavior === 'exclusive' ? line.amount_tax : 0))
  const inclusive = total((line) => (line.tax_behavior === 'inclusive' ? line.amount_tax : 0))
  const calculation = {
    id,
    object: 'tax.calculation',
    amount_total: total((line) => line.amount) + exclusive,
    currency,
    customer: text(params, 'customer') ?? null,
    customer_details: inner(params, 'customer_details'),
    expires_at: store.now() + KEPT_SECONDS,
    line_items: {
      object: 'list',
      data: lines,
      has_more: false,
      url: `/v1/tax/calculations/${id}/line_items`,
    },
    livemode: false,
    tax_amount_exclusive: exclusive,
    tax_amount_inclusive: inclusive,
    tax_breakdown: [
      breakdown(place, exclusive || inclusive, { inclusive: inclusive > 0, taxable: total(taxable) }),
    ],
    tax_date: integer(params, 'tax_date') ?? store.now(),
  }
  store.put(calculation)
  return calculation
}

interface Line extends StripeObject {
  amount: number
  amount_tax: number
  tax_behavior: 'inclusive' | 'exclusive'
}

function lineOf(store: Store, line: Param, { index, place }: { index: number; place: Place }): Line {
  const given = inner({ line }, 'line')
  const amount = integer(given, 'amount')
  if (amount === undefined) throw invalid(`line_items[${index}][amount]`, 'Missing required param: amount.')
  const behavior = word(given, 'tax_behavior', ['inclusive', 'exclusive']) ?? 'exclusive'
  const whole = behavior === 'inclusive' ? WHOLE + place.rate : WHOLE
  return {
    id: store.newId('tax_li'),
    object: 'tax.calculation_line_item',
    amount,
    amount_tax: share(amount, place.rate, whole),
    livemode: false,
    product: text(given, 'product') ?? null,
    quantity: integer(given, 'quantity') ?? 1,
    reference: text(given, 'reference') ?? String(index),
    tax_behavior: behavior,
    tax_code: text(given, 'tax_code') ?? 'txcd_10000000',
  }
}

function taxable(line: Line): number {
  return line.tax_behavior === 'inclusive' ? line.amount - line.amount_tax : line.amount
}

function placeOf(store: Store, params: Params): Place {
  const details = inner(params, 'customer_details')
  const customer = text(params, 'customer')
  const stored = customer ? existing(store, 'customer', customer, 'customer').address : undefined
  const country =
    text(inner(details, 'address'), 'country') ?? (stored as { country?: string } | null)?.country
  if (!country)
    throw invalid(
      'customer_details[address]',
      'The customer location is missing.',
      'customer_tax_location_invalid',
    )
  const rate = TAX_RATES[country.toUpperCase()]
  const reversed = text(details, 'taxability_override') === 'reverse_charge'
  if (reversed) return { country, rate: 0, reason: 'reverse_charge' }
  return { country, rate: rate ?? 0, reason: rate === undefined ? 'not_collecting' : 'standard_rated' }
}

function breakdown(
  { country, rate, reason }: Place,
  amount: number,
  { inclusive, taxable: base }: { inclusive: boolean; taxable: number },
) {
  return {
    amount,
    inclusive,
    tax_rate_details: {
      country,
      // Hundredths of a percent as decimal text, without a float between.
      percentage_decimal: `${Math.trunc(rate / 100)}.${String(rate % 100).padStart(2, '0')}`,
      rate_type: 'percentage',
      state: null,
      tax_type: rate ? 'vat' : null,
    },
    taxability_reason: reason,
    taxable_amount: rate ? base : 0,
  }
}
