import type { Secrets } from '../../core/ports/secrets.ts'
import type { Tax } from '../../core/ports/tax.ts'
import { late } from '../node/late.ts'

export interface TaxOptions {
  readonly secrets: Secrets
  readonly by: 'table' | 'stripe'
  /** ISO 3166-1 alpha-2. */
  readonly sellerCountry: string
  /** Origin of another server with Stripe's API. */
  readonly api?: string | undefined
}

/** Whoever computes tax here; loaded at the first question. */
export function openTax(options: TaxOptions): Tax {
  if (options.by === 'stripe')
    return late<Tax>(async () => (await import('../stripe/tax.ts')).openStripeTax(options))
  return late<Tax>(async () => (await import('./tax.ts')).openTaxTable(options))
}
