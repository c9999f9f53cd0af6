/** A rate as a fraction of whole numbers: `8.875` percent is 8875 of 100000. */
interface Fraction {
  readonly of: bigint
  readonly whole: bigint
}

function fraction(percent: string): Fraction {
  const [, whole, digits = ''] = /^(\d+)(?:\.(\d+))?$/.exec(percent) ?? []
  if (whole === undefined) throw new RangeError(`${JSON.stringify(percent)} is no percentage`)
  return { of: BigInt(whole + digits), whole: 100n * 10n ** BigInt(digits.length) }
}

/** Rounded half away from zero, as tax offices do. */
function share(amountMinor: number, of: bigint, whole: bigint): number {
  const amount = BigInt(amountMinor)
  const size = (2n * (amount < 0n ? -amount : amount) * of + whole) / (2n * whole)
  return Number(amount < 0n ? -size : size)
}

/** The tax to be put on an amount. */
export function taxOnTop(amountMinor: number, percent: string): number {
  const { of, whole } = fraction(percent)
  return share(amountMinor, of, whole)
}

/** The tax that an amount contains. */
export function taxWithin(amountMinor: number, percent: string): number {
  const { of, whole } = fraction(percent)
  return share(amountMinor, of, whole + of)
}
