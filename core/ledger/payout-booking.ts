import type { PayoutObject, TransferObject } from '../billing/provider-objects.ts'
import { balancePostings, lastMoved } from './balance-postings.ts'
import type { Booking } from './posting.ts'

const IN_TRANSIT = { account: 'payouts-in-transit', party: '' } as const
const CLEARING = { account: 'clearing', party: '' } as const

/** Ours alone: what a payee moves to a bank was booked when it was transferred. One that fails comes back, maybe later. */
export function payoutBooking(payout: PayoutObject): Booking {
  const { id, currency, balance, accountId } = payout
  const arrived = payout.status === 'paid' ? payout.amountMinor : 0
  const ours = accountId === null
  return {
    source: `payout:${id}`,
    description: `Payout ${id}`,
    at: payout.createdAt,
    changedAt: payout.status === 'paid' ? payout.arrivalAt : lastMoved(balance, payout.createdAt),
    balance: ours ? balance : [],
    postings: ours
      ? [
          { account: 'bank', party: '', currency, amountMinor: arrived },
          { ...IN_TRANSIT, currency, amountMinor: -arrived },
          ...balancePostings('payout', balance, IN_TRANSIT),
        ]
      : [],
  }
}

/** The payee's share, less what was taken back of it. */
export function transferBooking(transfer: TransferObject): Booking {
  const { id, accountId, currency, balance } = transfer
  const amountMinor = transfer.amountMinor - transfer.reversedMinor
  return {
    source: `transfer:${id}`,
    description: `Transfer ${id} to ${accountId}`,
    at: transfer.createdAt,
    changedAt: lastMoved(balance, transfer.createdAt),
    balance,
    postings: [
      { account: 'payee-share', party: accountId, currency, amountMinor },
      { ...CLEARING, currency, amountMinor: -amountMinor },
      ...balancePostings('transfer', balance, CLEARING),
    ],
  }
}
