import type { Store } from '../store.ts'
import { share } from './amounts.ts'
import type { Customer, LineTax } from './objects.ts'
import { find } from './objects-in-store.ts'

/**
 * Standard rates in hundredths of a percent by country, for invoices with automatic tax. Enough to show tax on an
 * invoice; what is right to charge is the business of a tax provider.
 */
export const TAX_RATES: Readonly<Record<string, number>> = {
  AT: 2000,
  AU: 1000,
  BE: 2100,
  CH: 810,
  DE: 1900,
  DK: 2500,
  ES: 2100,
  FI: 2550,
  FR: 2000,
  GB: 2000,
  IE: 2300,
  IT: 2200,
  JP: 1000,
  NL: 2100,
  NO: 2500,
  NZ: 1500,
  PL: 2300,
  PT: 2300,
  SE: 2500,
}
const WHOLE = 10_000

/** The tax on a line's amount. Inclusive: the amount has it in already. */
export function taxOn(
  store: Store,
  customer: Customer,
  line: { amount: number; inclusive: boolean },
): LineTax | undefined {
  const country = customer.address?.country
  const rate = country ? TAX_RATES[country] : undefined
  if (!country || rate === undefined || customer.tax_exempt === 'exempt') return undefined
  const reverse = customer.tax_exempt === 'reverse'
  const tax = reverse ? 0 : share(line.amount, rate, line.inclusive ? WHOLE + rate : WHOLE)
  return {
    amount: tax,
    tax_behavior: line.inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: taxRate(store, country, rate) },
    taxability_reason: reverse ? 'reverse_charge' : 'standard_rated',
    taxable_amount: line.inclusive ? line.amount - tax : line.amount,
    type: 'tax_rate_details',
  }
}

function taxRate(store: Store, country: string, rate: number): string {
  const id = `txr_${country.toLowerCase()}`
  if (!find(store, 'tax_rate', id)) store.put(rateObject(store, { id, country, rate }))
  return id
}

const rateObject = (store: Store, { id, country, rate }: { id: string; country: string; rate: number }) => ({
  id,
  object: 'tax_rate',
  active: true,
  country,
  created: store.now(),
  description: null,
  display_name: country === 'AU' || country === 'NZ' ? 'GST' : 'VAT',
  effective_percentage: rate / 100,
  inclusive: false,
  jurisdiction: country,
  jurisdiction_level: 'country',
  livemode: false,
  metadata: {},
  percentage: rate / 100,
  rate_type: 'percentage',
  state: null,
  tax_type: 'vat',
})
