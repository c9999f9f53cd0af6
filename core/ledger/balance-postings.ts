import type { BalanceEntry } from '../billing/provider-objects.ts'
import type { AccountCode } from './model.ts'
import type { Posting } from './posting.ts'

/**
 * Types of balance entries by what they are of; any other goes to `suspense`.
 * https://docs.stripe.com/reports/balance-transaction-types
 */
const KNOWN = {
  payment: ['charge', 'payment', 'payment_failure_refund'],
  refund: [
    'refund',
    'payment_refund',
    'refund_failure',
    'payment_failure_refund',
    'payment_reversal',
    'charge_failure',
  ],
  dispute: ['adjustment', 'dispute', 'dispute_reversal', 'payment_reversal'],
  payout: ['payout', 'payout_failure', 'payout_cancel', 'payout_reversal'],
  transfer: ['transfer', 'transfer_refund', 'transfer_cancel', 'transfer_failure'],
} as const satisfies Record<string, readonly string[]>
const FEES: readonly string[] = ['stripe_fee', 'stripe_fx_fee', 'network_cost', 'tax_fee']

/** The provider's balance moves by the net; the fee is ours; the whole amount is set off against `counter`. */
export function balancePostings(
  kind: keyof typeof KNOWN,
  balance: readonly BalanceEntry[],
  counter: Pick<Posting, 'account' | 'party'>,
): readonly Posting[] {
  return balance.flatMap((entry) => {
    const { currency, amountMinor, feeMinor, netMinor } = entry
    const of = (account: AccountCode, minor: number) => ({ account, party: '', currency, amountMinor: minor })
    return [
      of('provider-balance', netMinor),
      of('fees', feeMinor),
      { ...setOff(kind, entry, counter), currency, amountMinor: -amountMinor },
      // Should a provider ever say a net that is not amount less fee.
      of('suspense', amountMinor - feeMinor - netMinor),
    ]
  })
}

/** Entries that are not understood, to be told to an operator. */
export const unknownEntries = (
  kind: keyof typeof KNOWN,
  balance: readonly BalanceEntry[],
): readonly BalanceEntry[] => balance.filter(({ type }) => !isKnown(kind, type) && !FEES.includes(type))

/** When the provider last moved money for it. */
export const lastMoved = (balance: readonly BalanceEntry[], otherwise: Date): Date =>
  new Date(Math.max(otherwise.getTime(), ...balance.map(({ createdAt }) => createdAt.getTime())))

function setOff(
  kind: keyof typeof KNOWN,
  { type }: BalanceEntry,
  counter: Pick<Posting, 'account' | 'party'>,
): Pick<Posting, 'account' | 'party'> {
  if (isKnown(kind, type)) return counter
  return { account: FEES.includes(type) ? 'fees' : 'suspense', party: '' }
}

const isKnown = (kind: keyof typeof KNOWN, type: string) => (KNOWN[kind] as readonly string[]).includes(type)
