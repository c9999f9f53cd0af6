import type Stripe from 'stripe'
import { NotSupported } from '../../core/run/not-supported.ts'

type TaxId = Stripe.Tax.CalculationCreateParams.CustomerDetails.TaxId

const EU = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' ')

/** https://docs.stripe.com/billing/customer/tax-ids#supported-tax-id */
const TYPES: Readonly<Record<string, TaxId['type']>> = {
  ...Object.fromEntries(EU.map((country) => [country, 'eu_vat'])),
  AU: 'au_abn',
  CA: 'ca_gst_hst',
  CH: 'ch_vat',
  GB: 'gb_vat',
  IN: 'in_gst',
  JP: 'jp_trn',
  NO: 'no_vat',
  NZ: 'nz_gst',
  SG: 'sg_gst',
  US: 'us_ein',
}

/** A number with its kind. An unknown one is not left out: the business would be charged what it does not owe. */
export function taxIdOf(country: string, value: string): TaxId {
  const type = TYPES[country]
  if (!type) throw new NotSupported(`tax numbers of ${country} have no kind here: add it to the table`)
  return { type, value }
}
