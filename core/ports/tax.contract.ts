import { expect } from 'vitest'
import { currencyOf } from '../billing/money.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { type Tax, type TaxedLine, TaxPlaceUnknown, type TaxRequest } from './tax.ts'

export interface OpenedTax {
  /** Of a seller in Germany. */
  readonly tax: Tax
}

const line = (amountMinor: number, behavior: TaxedLine['behavior'] = 'exclusive', reference = 'l1') => ({
  reference,
  amountMinor,
  behavior,
})
const asked = (country: string, lines: readonly TaxedLine[], more: Partial<TaxRequest> = {}): TaxRequest => ({
  currency: currencyOf('eur'),
  place: { country },
  at: new Date('2026-11-20T12:00:00Z'),
  lines,
  ...more,
})

/** Every promise of the Tax port. */
export function taxContract(title: string, open: Open<OpenedTax>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('puts the rate of the customer’s country on an exclusive amount', async ({ tax }) => {
      const [result] = await tax.calculate(asked('DE', [line(1000)]))
      expect(result).toMatchObject({ netMinor: 1000, taxMinor: 190, grossMinor: 1190, reason: 'standard' })
    })
    rule('finds the tax that an inclusive amount contains', async ({ tax }) => {
      const [result] = await tax.calculate(asked('DE', [line(1190, 'inclusive')]))
      expect(result).toMatchObject({ netMinor: 1000, taxMinor: 190, grossMinor: 1190 })
    })
    rule('tells the rate as decimal text without trailing zeros', async ({ tax }) => {
      const [result] = await tax.calculate(asked('FI', [line(1000)]))
      expect(result?.ratePercent).toBe('25.5')
    })
    rule('rounds half a unit away from zero', async ({ tax }) => {
      // 25.5 percent of 100 is 25.5, and 25 of 2 is half a cent.
      const finland = await tax.calculate(asked('FI', [line(100)]))
      const denmark = await tax.calculate(asked('DK', [line(2)]))
      expect([finland[0]?.taxMinor, denmark[0]?.taxMinor]).toEqual([26, 1])
    })
    rule('gives one result a line, in order and by reference', async ({ tax }) => {
      const lines = [line(300, 'exclusive', 'b'), line(100, 'inclusive', 'a'), line(200, 'exclusive', 'c')]
      const results = await tax.calculate(asked('FR', lines))
      expect(results.map(({ reference, taxMinor }) => [reference, taxMinor])).toEqual([
        ['b', 60],
        ['a', 17],
        ['c', 40],
      ])
    })
    rule('adds up: net and tax are gross, and gross is an inclusive amount', async ({ tax }) => {
      const amounts = [1, 2, 3, 49, 50, 51, 99, 101, 9_999, 123_457]
      const lines = amounts.map((amount) => line(amount, 'inclusive', `l${amount}`))
      const results = await tax.calculate(asked('CH', lines))
      expect(results.map((result) => result.grossMinor)).toEqual(amounts)
      expect(results.every((result) => result.netMinor + result.taxMinor === result.grossMinor)).toBe(true)
    })
    rule('charges a business of another EU country nothing, and says why', async ({ tax }) => {
      const [result] = await tax.calculate(asked('FR', [line(1000)], { taxId: 'FR40303265045' }))
      expect(result).toMatchObject({ taxMinor: 0, grossMinor: 1000, reason: 'reverse-charge' })
    })
    rule('collects nothing where the seller collects nothing', async ({ tax }) => {
      const [result] = await tax.calculate(asked('BR', [line(1000)]))
      expect(result).toMatchObject({ taxMinor: 0, grossMinor: 1000, reason: 'not-collecting' })
    })
    rule('refuses a place that cannot be decided', async ({ tax }) => {
      await expect(tax.calculate(asked('', [line(1000)]))).rejects.toThrow(TaxPlaceUnknown)
    })
    rule('answers nothing for no lines', async ({ tax }) => {
      expect(await tax.calculate(asked('DE', []))).toEqual([])
    })
  })
}
