import type { Uses } from '../ports/ports.ts'
import { TaxPlaceUnknown, type TaxRequest } from '../ports/tax.ts'
import { currencyOf } from './money.ts'
import { badField, throughProvider } from './problems.ts'
import { salePrice } from './sale-price.ts'
import type { Quote, QuoteQuery } from './wire.ts'

/** What a price comes to with tax, there where the customer says they are. Throws 422 for a place that is not decided. */
export async function quote(
  uses: Uses<'db' | 'payments' | 'tax' | 'clock' | 'config'>,
  { priceId, quantity = '1', country, region, postalCode, taxId, currency: wanted }: QuoteQuery,
): Promise<Quote> {
  const { amountMinor, currency } = await salePrice(uses, { priceId, currency: wanted, where: 'query' })
  const place = { country, ...(region && { region }), ...(postalCode && { postalCode }) }
  const line = {
    reference: priceId,
    amountMinor: amountMinor * Number(quantity),
    behavior: 'exclusive' as const,
  }
  const { taxMinor, netMinor, grossMinor, ratePercent, name, reason } = await taxOf(uses, {
    ...{ currency: currencyOf(currency), place, at: uses.clock.now(), lines: [line] },
    ...(taxId && { taxId }),
  })
  return { ...{ priceId, currency, netMinor, taxMinor, grossMinor, ratePercent, reason }, taxName: name }
}

async function taxOf({ tax }: Uses<'tax'>, request: TaxRequest) {
  try {
    const [taxed] = await throughProvider(tax.calculate(request))
    if (!taxed) throw new Error('the tax port answered no line')
    return taxed
  } catch (error) {
    if (error instanceof TaxPlaceUnknown) throw badField('query.country', 'place', PLACE_UNKNOWN)
    throw error
  }
}
const PLACE_UNKNOWN = 'and region do not say enough to know the tax there'
