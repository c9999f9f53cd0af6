// Quantities and unit prices come as decimal text: money and what it is made of is never a float.
const FORM = /^(-?)(\d+)(?:\.(\d+))?$/

interface Decimal {
  readonly units: bigint
  /** Digits after the point. */
  readonly scale: number
}

/** Throws a RangeError for what is no decimal number. */
function read(text: string): Decimal {
  const [, sign = '', whole, fraction = ''] = FORM.exec(text) ?? []
  if (whole === undefined) throw new RangeError(`${JSON.stringify(text)} is no decimal number`)
  return { units: BigInt(sign + whole + fraction), scale: fraction.length }
}

function write({ units, scale }: Decimal): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const cut = digits.length - scale
  const fraction = digits.slice(cut).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, cut)}${fraction && `.${fraction}`}`
}

/** Moves the point so many places to the left: `shifted('999', 2)` is `9.99`. */
export function shifted(text: string, places: number): string {
  const { units, scale } = read(text)
  return write({ units, scale: scale + places })
}

export function sum(texts: readonly string[]): string {
  const all = texts.map(read)
  const scale = Math.max(0, ...all.map((one) => one.scale))
  const units = all.reduce((total, one) => total + one.units * 10n ** BigInt(scale - one.scale), 0n)
  return write({ units, scale })
}

export function product(a: string, b: string): string {
  const [left, right] = [read(a), read(b)]
  return write({ units: left.units * right.units, scale: left.scale + right.scale })
}
