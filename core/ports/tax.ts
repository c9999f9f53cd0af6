import type { Currency } from '../billing/money.ts'

/** Where the customer is, as far as tax asks. Country: ISO 3166-1 alpha-2, region: the part of ISO 3166-2 after the dash. */
export interface TaxPlace {
  readonly country: string
  readonly region?: string
  readonly postalCode?: string
}

export interface TaxedLine {
  readonly reference: string
  readonly amountMinor: number
  readonly behavior: 'exclusive' | 'inclusive'
}

export interface TaxRequest {
  readonly currency: Currency
  readonly place: TaxPlace
  /** A business that accounts for the tax itself: its number, such as `DE123456789`. */
  readonly taxId?: string
  readonly at: Date
  readonly lines: readonly TaxedLine[]
}

export interface TaxedResult {
  readonly reference: string
  readonly netMinor: number
  readonly taxMinor: number
  readonly grossMinor: number
  /** In percent as decimal text: `19`, `8.875`. */
  readonly ratePercent: string
  readonly name: string
  readonly reason: 'standard' | 'reverse-charge' | 'not-collecting' | 'zero-rated'
}

/** Tax on what is sold to whom. */
export interface Tax {
  /**
   * One result a line, in order: `netMinor + taxMinor === grossMinor`, and for an inclusive line `grossMinor` is its amount.
   * Rounded half away from zero a line. Throws `TaxPlaceUnknown` for a place that cannot be decided.
   */
  calculate(request: TaxRequest): Promise<readonly TaxedResult[]>
}

export class TaxPlaceUnknown extends Error {
  override readonly name = 'TaxPlaceUnknown'
}
