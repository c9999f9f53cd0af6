import type Stripe from 'stripe'
import { currencyOf } from '../../core/billing/money.ts'
import type { BalanceEntry } from '../../core/billing/provider-objects.ts'
import { expanded, instantOf } from './read-fields.ts'

type MaybeEntry = string | Stripe.BalanceTransaction | null | undefined

/**
 * The balance transactions among those, each once. One that came as an id alone is a forgotten `expand`: money would be
 * lost from the books without a word, so it throws.
 */
export function readBalance(entries: readonly MaybeEntry[]): BalanceEntry[] {
  const byId = new Map<string, BalanceEntry>()
  for (const entry of entries) {
    if (typeof entry === 'string') throw new TypeError(`the balance transaction ${entry} is not expanded`)
    const whole = expanded(entry)
    if (whole) byId.set(whole.id, readEntry(whole))
  }
  return [...byId.values()]
}

/** https://docs.stripe.com/api/balance_transactions/object */
const readEntry = (entry: Stripe.BalanceTransaction): BalanceEntry => ({
  id: entry.id,
  type: entry.type,
  currency: currencyOf(entry.currency),
  amountMinor: entry.amount,
  feeMinor: entry.fee,
  netMinor: entry.net,
  createdAt: instantOf(entry.created),
  availableAt: instantOf(entry.available_on),
})
