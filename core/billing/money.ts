/** ISO 4217 code in lower case, as payment providers write it: `eur`. */
export type Currency = string & { readonly is: 'currency' }

/** An amount in the currency's smallest unit: `{ amountMinor: 999, currency: 'eur' }` is 9.99 euro. */
export interface Money {
  readonly amountMinor: number
  readonly currency: Currency
}

/** Digits after the point, where they are not two (https://docs.stripe.com/currencies). */
const DIGITS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      'bif',
      'clp',
      'djf',
      'gnf',
      'jpy',
      'kmf',
      'krw',
      'mga',
      'pyg',
      'rwf',
      'vnd',
      'vuv',
      'xaf',
      'xof',
      'xpf',
    ].map((code) => [code, 0]),
  ),
  ...Object.fromEntries(['bhd', 'jod', 'kwd', 'omr', 'tnd'].map((code) => [code, 3])),
}

export const isCurrency = (text: string): text is Currency => /^[a-z]{3}$/.test(text)

/** The currency of a code in any case. Throws a RangeError for what is no code. */
export function currencyOf(text: string): Currency {
  const code = text.toLowerCase()
  if (isCurrency(code)) return code
  throw new RangeError(`${JSON.stringify(text)} is no currency`)
}

/** Digits after the point: 2 for `eur`, 0 for `jpy`, 3 for `kwd`. */
export const minorDigits = (currency: string): number => DIGITS[currency] ?? 2
