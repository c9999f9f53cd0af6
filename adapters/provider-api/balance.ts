import type { Money } from '../../core/billing/money.ts'
import type { BalanceEntry } from '../../core/billing/provider-objects.ts'

/**
 * What a movement did to our account there, for providers that do not list their movements but tell them with the object.
 * None of them says when the money is free, so it counts as free at once.
 */
export function movement(of: {
  readonly id: string
  readonly type: 'charge' | 'refund' | 'dispute' | 'dispute_reversal' | 'payout'
  readonly money: Money
  readonly feeMinor?: number
  readonly at: Date
}): BalanceEntry {
  const { id, type, money, feeMinor = 0, at } = of
  const { amountMinor, currency } = money
  return {
    ...{ id, type, currency, amountMinor, feeMinor, netMinor: amountMinor - feeMinor },
    ...{ createdAt: at, availableAt: at },
  }
}
