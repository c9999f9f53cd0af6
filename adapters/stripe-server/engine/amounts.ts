const DIGITS = 12
const ONE = 10n ** BigInt(DIGITS)

/** `amount * part / whole`, rounded half away from zero. */
export function share(amount: number, part: number, whole: number): number {
  return Number(divide(BigInt(amount) * BigInt(part), BigInt(whole)))
}

/** `quantity * unit` of decimal texts, in whole minor units, rounded half away from zero. */
export const multiply = (quantity: string, unit: string): number =>
  Number(divide(scaled(quantity) * scaled(unit), ONE * ONE))

/** The sum of decimal texts, as decimal text. */
export const sum = (values: readonly string[]): string =>
  decimalText(values.reduce((total, value) => total + scaled(value), 0n))

/** Of the decimal texts the greater one. */
export const greater = (left: string, right: string): string => (scaled(left) >= scaled(right) ? left : right)

function divide(dividend: bigint, divisor: bigint): bigint {
  const half = dividend < 0n ? -divisor / 2n : divisor / 2n
  return (dividend + half) / divisor
}

/** A decimal text as a whole number of 10^-12. Throws a RangeError for what is no number or finer than that. */
function scaled(value: string): bigint {
  const parts = /^(-?)(\d+)(?:\.(\d{1,12}))?$/.exec(value)
  if (!parts) throw new RangeError(`${JSON.stringify(value)} is no decimal number`)
  const [, sign, whole, fraction = ''] = parts
  const digits = BigInt(`${whole}${fraction.padEnd(DIGITS, '0')}`)
  return sign ? -digits : digits
}

function decimalText(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(DIGITS + 1, '0')
  const fraction = digits.slice(-DIGITS).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -DIGITS)}${fraction && `.${fraction}`}`
}
