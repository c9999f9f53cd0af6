import {
  type Tax,
  type TaxedLine,
  type TaxedResult,
  TaxPlaceUnknown,
  type TaxRequest,
} from '../../core/ports/tax.ts'
import { taxOnTop, taxWithin } from './percent-of.ts'
import { EU_COUNTRIES, RATES, type Rate } from './rates.ts'

export interface TaxTableOptions {
  /** ISO 3166-1 alpha-2. */
  readonly sellerCountry: string
  readonly rates?: readonly Rate[]
}

type Verdict = Pick<TaxedResult, 'ratePercent' | 'name' | 'reason'>

/**
 * Tax by a table of standard rates: what is sold digitally is taxed where the customer is. A place that the table does
 * not have is one where nothing is collected; whether the seller has to register there is not for a table to know.
 */
export function openTaxTable({ sellerCountry, rates = RATES }: TaxTableOptions): Tax {
  return {
    async calculate(request) {
      const verdict = verdictOn(request, sellerCountry, rates)
      return request.lines.map((line) => taxed(line, verdict))
    },
  }
}

function verdictOn(request: TaxRequest, seller: string, rates: readonly Rate[]): Verdict {
  const { place, taxId, at } = request
  if (!/^[A-Z]{2}$/.test(place.country)) throw new TaxPlaceUnknown(`${place.country} is no country`)
  if (taxId !== undefined && isReverseCharge(taxId, seller, place.country))
    return { ratePercent: '0', name: 'VAT', reason: 'reverse-charge' }
  const known = rates.filter(({ country }) => country === place.country)
  if (known.length === 0) return { ratePercent: '0', name: 'None', reason: 'not-collecting' }
  return byRegion(known, place.region, at)
}

function byRegion(known: readonly Rate[], region: string | undefined, at: Date): Verdict {
  const { country, region: hasRegions } = known[0] ?? {}
  if (hasRegions !== undefined && !region)
    throw new TaxPlaceUnknown(`${country} is taxed by region: none is given`)
  const here = known.filter((rate) => rate.region === undefined || rate.region === region)
  if (here.length === 0) return { ratePercent: '0', name: 'None', reason: 'not-collecting' }
  const rate = rateAt(here, at)
  if (!rate) throw new TaxPlaceUnknown(`there is no rate of ${country} for ${at.toISOString().slice(0, 10)}`)
  return {
    ratePercent: rate.percent,
    name: rate.name,
    reason: /^0(\.0+)?$/.test(rate.percent) ? 'zero-rated' : 'standard',
  }
}

/** The last one that has begun. Days are those of UTC: at midnight a law begins a few hours early or late. */
function rateAt(rates: readonly Rate[], at: Date): Rate | undefined {
  const day = at.toISOString().slice(0, 10)
  return rates.filter(({ from }) => from <= day).sort((a, b) => (a.from < b.from ? 1 : -1))[0]
}

/**
 * A business of another EU country accounts for the tax itself (article 196 of directive 2006/112/EC). Only the form of
 * the number is looked at: whether it exists, VIES knows.
 */
function isReverseCharge(taxId: string, seller: string, buyer: string): boolean {
  const [, prefix = ''] =
    /^([A-Z]{2})[0-9A-Z+*]{2,13}$/.exec(taxId.replaceAll(/[\s.-]/g, '').toUpperCase()) ?? []
  const country = prefix === 'EL' ? 'GR' : prefix
  return EU_COUNTRIES.has(country) && country !== seller && EU_COUNTRIES.has(buyer) && buyer !== seller
}

function taxed({ reference, amountMinor, behavior }: TaxedLine, verdict: Verdict): TaxedResult {
  const inclusive = behavior === 'inclusive'
  const percent = verdict.ratePercent
  const taxMinor = inclusive ? taxWithin(amountMinor, percent) : taxOnTop(amountMinor, percent)
  const netMinor = inclusive ? amountMinor - taxMinor : amountMinor
  return { reference, netMinor, taxMinor, grossMinor: netMinor + taxMinor, ...verdict }
}
