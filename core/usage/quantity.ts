/** A quantity as a whole number of its billionths: what PostgreSQL's `numeric(30, 9)` holds, without a float on the way. */
export type Nano = bigint

export const NANO = 1_000_000_000n

/** `'3.5'` is 3500000000n. Throws a RangeError for what is no decimal, or finer than nine digits. */
export function nanoOf(text: string): Nano {
  const match = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(text)
  if (!match) throw new RangeError(`${JSON.stringify(text.slice(0, 60))} is no decimal of nine digits`)
  const [, sign, whole = '0', fraction = ''] = match
  const size = BigInt(whole) * NANO + BigInt(fraction.padEnd(9, '0'))
  return sign === '-' ? -size : size
}

/** The shortest decimal text: `3.5`, `12`. */
export function decimalOf(nano: Nano): string {
  const size = nano < 0n ? -nano : nano
  const fraction = String(size % NANO)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${nano < 0n ? '-' : ''}${size / NANO}${fraction === '' ? '' : `.${fraction}`}`
}

/** The decimal of a JSON number as it was written; `undefined` where it is finer or larger than a quantity may be. */
export function decimalOfNumber(value: number): string | undefined {
  const text = String(value)
  if (/^\d{1,12}(\.\d{1,9})?$/.test(text)) return text
  const tiny = /^(\d)(?:\.(\d+))?e-(\d)$/.exec(text)
  if (!tiny) return undefined
  const [, first = '', rest = '', exponent = ''] = tiny
  const digits = '0'.repeat(Number(exponent) - 1) + first + rest
  return digits.length > 9 ? undefined : `0.${digits}`
}

/** Whole units in it. */
export const wholeOf = (nano: Nano): Nano => (nano / NANO) * NANO

/** Minutes of so many milliseconds, to the ninth digit, half up. */
export const minutesOfMs = (ms: bigint): Nano => (ms * NANO + 30_000n) / 60_000n
