import { describe, expect, it } from 'vitest'
import { currencyOf } from '../../core/billing/money.ts'
import { taxContract } from '../../core/ports/tax.contract.ts'
import { type TaxPlace, TaxPlaceUnknown, type TaxRequest } from '../../core/ports/tax.ts'
import { taxOnTop, taxWithin } from './percent-of.ts'
import { EU_COUNTRIES, RATES } from './rates.ts'
import { openTaxTable } from './tax.ts'

taxContract('tax-table keeps the Tax contract', async () => ({
  tax: openTaxTable({ sellerCountry: 'DE' }),
  [Symbol.asyncDispose]: async () => undefined,
}))

const calculate = async (place: TaxPlace, more: Partial<TaxRequest> = {}, sellerCountry = 'DE') => {
  const [result] = await openTaxTable({ sellerCountry }).calculate({
    currency: currencyOf('eur'),
    place,
    at: new Date('2026-11-20T12:00:00Z'),
    lines: [{ reference: 'l', amountMinor: 10_000, behavior: 'exclusive' }],
    ...more,
  })
  return result
}

describe('percent-of', () => {
  it('rounds half away from zero on both sides of zero', () => {
    expect([taxOnTop(100, '25.5'), taxOnTop(-100, '25.5'), taxOnTop(50, '1'), taxOnTop(49, '1')]).toEqual([
      26, -26, 1, 0,
    ])
  })
  it('is exact where floating numbers are not', () => {
    expect([taxOnTop(9_007_199_254_740_991, '10'), taxOnTop(1_000_000, '14.975')]).toEqual([
      900_719_925_474_099, 149_750,
    ])
  })
  it('finds within a total what was put on top of it', () => {
    const wrong = [1, 7, 99, 999, 12_345].filter((net) => {
      const tax = taxOnTop(net, '8.875')
      return taxWithin(net + tax, '8.875') !== tax
    })
    expect(wrong).toEqual([])
  })
  it('refuses what is no percentage', () => {
    expect(() => taxOnTop(1, '1e3')).toThrow(RangeError)
  })
})

describe('the table', () => {
  it('has the 27 members of the EU', () => expect(EU_COUNTRIES.size).toBe(27))
  it('names a source and a day for every rate', () => {
    const bad = RATES.filter(
      ({ source, from, percent }) =>
        !source.startsWith('https://') || !/^\d{4}-\d{2}-\d{2}$/.test(from) || !/^\d+(\.\d+)?$/.test(percent),
    )
    expect(bad).toEqual([])
  })
  it('has no place twice for one day', () => {
    const keys = RATES.map(({ country, region, from }) => `${country}-${region}-${from}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
  it('takes the rate of the day of the sale', async () => {
    const before = await calculate({ country: 'EE' }, { at: new Date('2025-06-30T12:00:00Z') })
    const after = await calculate({ country: 'EE' }, { at: new Date('2025-07-01T12:00:00Z') })
    expect([before?.ratePercent, after?.ratePercent]).toEqual(['22', '24'])
  })
  it('refuses a day that it does not speak for', async () => {
    await expect(calculate({ country: 'DE' }, { at: new Date('2020-07-01T00:00:00Z') })).rejects.toThrow(
      TaxPlaceUnknown,
    )
  })
  it('taxes by region in Canada', async () => {
    expect(await calculate({ country: 'CA', region: 'QC' })).toMatchObject({
      taxMinor: 1498,
      name: 'GST + QST',
    })
  })
  it('refuses a country that is taxed by region without one', async () => {
    await expect(calculate({ country: 'US' })).rejects.toThrow(TaxPlaceUnknown)
  })
  it('tells a state without a tax from a state where none is collected', async () => {
    const oregon = await calculate({ country: 'US', region: 'OR' })
    const other = await calculate({ country: 'US', region: 'HI' })
    expect([oregon?.reason, other?.reason]).toEqual(['zero-rated', 'not-collecting'])
  })
  it('charges a business of the seller’s own country', async () => {
    expect(await calculate({ country: 'DE' }, { taxId: 'DE123456789' })).toMatchObject({ taxMinor: 1900 })
  })
  it('does not believe a tax number of the seller’s own country for a customer elsewhere', async () => {
    expect(await calculate({ country: 'FR' }, { taxId: 'DE123456789' })).toMatchObject({ reason: 'standard' })
  })
  it('reads Greek numbers, which begin with EL', async () => {
    expect(await calculate({ country: 'GR' }, { taxId: 'EL 123 456 789' })).toMatchObject({
      reason: 'reverse-charge',
    })
  })
  it('charges a consumer whose number is no number', async () => {
    expect(await calculate({ country: 'FR' }, { taxId: 'n/a' })).toMatchObject({ reason: 'standard' })
  })
})
