import { minorDigits } from '../../../core/billing/money.ts'
import { product, shifted } from './decimal.ts'

const formats = new Map<string, Intl.NumberFormat>()
function formatOf(currency: string, least: number, most: number): Intl.NumberFormat {
  const key = `${currency} ${least} ${most}`
  const made =
    formats.get(key) ??
    new Intl.NumberFormat(undefined, {
      style: 'currency',
      currency: currency.toUpperCase(),
      minimumFractionDigits: least,
      maximumFractionDigits: most,
    })
  formats.set(key, made)
  return made
}

// Browsers read decimal text exactly; a number of TypeScript's own type would have been a float before.
const exact = (text: string) => text as `${number}`

/** `money(999, 'eur')` → `€9.99`; as many digits as the currency has: `money(990, 'jpy')` → `¥990`. */
export function money(amountMinor: number, currency: string): string {
  return partOf(String(amountMinor), currency)
}

/** The price of one unit, finer than the smallest coin where it is: 0.1 cents → `€0.001`. */
export function unitMoney(minorDecimal: string, currency: string): string {
  const digits = minorDigits(currency)
  return formatOf(currency, digits, 9).format(exact(shifted(minorDecimal, digits)))
}

/** What so much costs, to the smallest coin. */
export function costOf(quantity: string, minorDecimal: string, currency: string): string {
  return partOf(product(quantity, minorDecimal), currency)
}

function partOf(minor: string, currency: string): string {
  const digits = minorDigits(currency)
  return formatOf(currency, digits, digits).format(exact(shifted(minor, digits)))
}

const AMOUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 })
/** A quantity as people read it: `1,234.5`. */
export const amount = (decimal: string): string => AMOUNT.format(exact(decimal))
