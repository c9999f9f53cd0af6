import type { Uses } from '../ports/ports.ts'

/** When somebody looks at the catalogue, and from where if that is known. */
export interface Viewing {
  readonly at: Date
  /** ISO 3166-1 alpha-2. Unknown narrows nothing: a window then counts by its time alone. */
  readonly country?: string
}

/** Looking now. No port tells where a client is, so its country stays unknown: a header that it sets is no proof. */
export const viewingNow = ({ clock }: Uses<'clock'>): Viewing => ({ at: clock.now() })
