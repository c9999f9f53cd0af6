import type Stripe from 'stripe'
import type { TransferObject } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { readTransfer } from './read-movements.ts'

export const TRANSFER_EXPAND = ['balance_transaction']

/** A transfer with the movements of what was taken back of it. */
export async function wholeTransfer(transfer: Stripe.Transfer, client: ApiClient): Promise<TransferObject> {
  if (transfer.amount_reversed === 0) return readTransfer(transfer, [])
  const query = { limit: 100, expand: ['data.balance_transaction'] }
  const reversals = await Array.fromAsync(
    client.each((stripe) => stripe.transfers.listReversals(transfer.id, query)),
  )
  return readTransfer(transfer, reversals)
}
