/** What one unit of something costs, and how we know. */
export interface Price {
  /** US dollars for `per` units. */
  readonly usd: number
  readonly per: number
  readonly unit: string
  /** Units that are free each month, for an account or a project, for as long as it exists. */
  readonly free?: number
  /** Page of the vendor that holds the price. */
  readonly source: string
  /** `page`: copied from that page. `recalled`: known to be about this, and not looked up: check it before you budget. */
  readonly read: 'page' | 'recalled'
}

/** So many units of something in a month. */
export interface Quantity {
  /** Group of the breakdown: `functions`, `delivery`. */
  readonly what: string
  readonly price: Price
  readonly units: number
}

export interface Line extends Quantity {
  readonly usd: number
}

/** Each quantity with what it costs. With `freeTier`, what is free of a price is taken off the first quantities of it. */
export function charge(quantities: readonly Quantity[], { freeTier }: { freeTier: boolean }): Line[] {
  const left = new Map<Price, number>()
  return quantities.map((quantity) => {
    const { price, units } = quantity
    const free = Math.min(units, left.get(price) ?? (freeTier ? (price.free ?? 0) : 0))
    left.set(price, (left.get(price) ?? (freeTier ? (price.free ?? 0) : 0)) - free)
    return { ...quantity, usd: ((units - free) / price.per) * price.usd }
  })
}

/** US dollars of all lines. */
export const total = (lines: readonly Pick<Line, 'usd'>[]): number =>
  lines.reduce((sum, { usd }) => sum + usd, 0)
