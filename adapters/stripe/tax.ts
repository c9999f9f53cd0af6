import type Stripe from 'stripe'
import { PaymentRefused } from '../../core/ports/payments.ts'
import { type Tax, type TaxedResult, TaxPlaceUnknown, type TaxRequest } from '../../core/ports/tax.ts'
import { type ApiOptions, openApiClient } from './api-client.ts'
import { secondsOf } from './read-fields.ts'
import { taxIdOf } from './tax-id.ts'

type Breakdown = Stripe.Tax.Calculation.TaxBreakdown

/** Stripe Tax. Nothing is recorded there by asking. https://docs.stripe.com/api/tax/calculations/create */
export function openStripeTax(options: ApiOptions): Tax {
  const client = openApiClient(options)
  return {
    async calculate(request) {
      if (request.lines.length === 0) return []
      const made = await client
        .call((stripe) => stripe.tax.calculations.create(calculationOf(request)))
        .catch(asPlaceUnknown)
      return readLines(made, request)
    },
  }
}

const calculationOf = ({
  currency,
  place,
  taxId,
  at,
  lines,
}: TaxRequest): Stripe.Tax.CalculationCreateParams => ({
  currency,
  customer_details: {
    address: {
      country: place.country,
      ...(place.region ? { state: place.region } : {}),
      ...(place.postalCode ? { postal_code: place.postalCode } : {}),
    },
    address_source: 'billing',
    ...(taxId === undefined ? {} : { tax_ids: [taxIdOf(place.country, taxId)] }),
  },
  tax_date: secondsOf(at),
  line_items: lines.map(({ reference, amountMinor, behavior }) => ({
    reference,
    amount: amountMinor,
    tax_behavior: behavior,
  })),
  expand: ['line_items'],
})

function asPlaceUnknown(error: unknown): never {
  const isPlace =
    error instanceof PaymentRefused &&
    (error.code === 'customer_tax_location_invalid' ||
      (error.param ?? '').startsWith('customer_details[address]'))
  throw isPlace ? new TaxPlaceUnknown(error.message, { cause: error }) : error
}

/** In the order that was asked, which Stripe does not promise: references are a request's own. */
function readLines(calculation: Stripe.Tax.Calculation, { lines }: TaxRequest): TaxedResult[] {
  const items = calculation.line_items?.data ?? []
  return lines.map(({ reference }, index) => {
    const item = items.find((each) => each.reference === reference) ?? items[index]
    if (!item) throw new TypeError(`Stripe has computed no tax for ${reference}`)
    return readItem(item, reference, calculation)
  })
}

function readItem(
  item: Stripe.Tax.CalculationLineItem,
  reference: string,
  calculation: Stripe.Tax.Calculation,
): TaxedResult {
  const parts = breakdownOf(item, calculation)
  const netMinor = item.tax_behavior === 'inclusive' ? item.amount - item.amount_tax : item.amount
  return {
    reference,
    netMinor,
    taxMinor: item.amount_tax,
    grossMinor: netMinor + item.amount_tax,
    ratePercent: sumOfPercents(parts.map((part) => part.tax_rate_details.percentage_decimal ?? '0')),
    name: namesOf(parts),
    reason: reasonOf(parts),
  }
}

/**
 * The rates are the same for all lines, since nothing but the place decides here; those that are put on top and those
 * that amounts contain are told apart.
 */
function breakdownOf(
  { tax_behavior: behavior }: Stripe.Tax.CalculationLineItem,
  { tax_breakdown: all }: Stripe.Tax.Calculation,
): readonly Breakdown[] {
  const own = all.filter(({ inclusive }) => inclusive === (behavior === 'inclusive'))
  return own.length > 0 ? own : all
}

/** State, county and city each have a rate: together they are what the customer pays. Exact, without floats. */
function sumOfPercents(percents: readonly string[]): string {
  const places = Math.max(0, ...percents.map((text) => text.split('.')[1]?.length ?? 0))
  const sum = percents.reduce((total, text) => {
    const [whole = '0', digits = ''] = text.split('.')
    return total + BigInt(whole + digits.padEnd(places, '0'))
  }, 0n)
  const text = String(sum).padStart(places + 1, '0')
  if (places === 0) return text
  return `${text.slice(0, -places)}.${text.slice(-places)}`.replace(/\.?0+$/, '')
}

function namesOf(parts: readonly Breakdown[]): string {
  const names = parts.map(({ tax_rate_details: rate }) => rate.tax_type?.replaceAll('_', ' ').toUpperCase())
  return [...new Set(names.filter((name) => name !== undefined))].join(' + ') || 'None'
}

const REASONS: Readonly<Record<string, TaxedResult['reason']>> = {
  reverse_charge: 'reverse-charge',
  not_collecting: 'not-collecting',
  not_subject_to_tax: 'not-collecting',
  not_supported: 'not-collecting',
  zero_rated: 'zero-rated',
  product_exempt: 'zero-rated',
  customer_exempt: 'zero-rated',
}

/** What is taxed by any of several authorities is taxed. */
function reasonOf(parts: readonly Breakdown[]): TaxedResult['reason'] {
  const reasons = parts.map((part) => REASONS[part.taxability_reason] ?? 'standard')
  return reasons.includes('standard') ? 'standard' : (reasons[0] ?? 'not-collecting')
}
