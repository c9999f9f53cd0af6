import { currencyOf, type Money, minorDigits } from '../../core/billing/money.ts'

/**
 * `12.34` as an integer in the currency's smallest unit, without floating point. Providers write yen as `100` and as
 * `100.00`: digits past the smallest unit must be zeros.
 */
export function moneyOf(decimal: string, currencyCode: string): Money {
  const currency = currencyOf(currencyCode)
  const [, sign = '', whole, fraction = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,6}))?$/.exec(decimal) ?? []
  const digits = minorDigits(currency)
  if (whole === undefined || /[^0]/.test(fraction.slice(digits)))
    throw new RangeError(`${JSON.stringify(decimal)} is no amount of ${currency}`)
  const minor = Number(`${whole}${fraction.slice(0, digits).padEnd(digits, '0')}`)
  return { amountMinor: sign === '' || minor === 0 ? minor : -minor, currency }
}

/** The integer as providers write it: 1234 of `eur` is `12.34`. */
export function decimalOf({ amountMinor, currency }: Money): string {
  const digits = minorDigits(currency)
  const text = String(Math.abs(amountMinor)).padStart(digits + 1, '0')
  const cut = text.length - digits
  const decimal = digits === 0 ? text : `${text.slice(0, cut)}.${text.slice(cut)}`
  return amountMinor < 0 ? `-${decimal}` : decimal
}
