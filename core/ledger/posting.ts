import type { Currency } from '../billing/money.ts'
import type { BalanceEntry } from '../billing/provider-objects.ts'
import type { AccountCode } from './model.ts'

/** An amount on an account: debit positive, credit negative. */
export interface Posting {
  readonly account: AccountCode
  /** Empty for nobody's in particular. */
  readonly party: string
  readonly currency: Currency
  readonly amountMinor: number
}

/** What one object of the provider means to the books, whatever is booked of it already. */
export interface Booking {
  readonly source: string
  readonly description: string
  /** When it happened, and when it last changed, by the provider. */
  readonly at: Date
  readonly changedAt: Date
  readonly balance: readonly BalanceEntry[]
  readonly postings: readonly Posting[]
}

/** One posting for each account, party and currency, none of them zero, always in the same order. */
export function summed(postings: readonly Posting[]): readonly Posting[] {
  const sums = new Map<string, Posting>()
  for (const posting of postings) {
    const key = keyOf(posting)
    const amountMinor = (sums.get(key)?.amountMinor ?? 0) + posting.amountMinor
    if (!Number.isSafeInteger(amountMinor))
      throw new RangeError(`${amountMinor} on ${key} is no amount in minor units`)
    sums.set(key, { ...posting, amountMinor })
  }
  const kept = [...sums.values()].filter((posting) => posting.amountMinor !== 0)
  return kept.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** What has to be booked so that `booked` becomes `target`. */
export const difference = (target: readonly Posting[], booked: readonly Posting[]): readonly Posting[] =>
  summed([...target, ...booked.map((posting) => ({ ...posting, amountMinor: -posting.amountMinor }))])

/** Text cannot hold NUL in PostgreSQL, so no party can look like two columns. */
const keyOf = ({ account, party, currency }: Posting) => `${account}\0${party}\0${currency}`
