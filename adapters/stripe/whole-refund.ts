import type Stripe from 'stripe'
import type { RefundObject } from '../../core/billing/provider-objects.ts'
import type { ApiClient } from './api-client.ts'
import { readRefund } from './read-movements.ts'

/** A refund has no field for what came back until it has failed: that one is fetched, not expanded. */
export const REFUND_EXPAND = ['charge', 'balance_transaction']

/** A refund with what it took, and with what came back of one that failed. */
export async function wholeRefund(refund: Stripe.Refund, client: ApiClient): Promise<RefundObject> {
  const { failure_balance_transaction: back } = refund
  const livemode = await client.livemode()
  if (typeof back !== 'string') return readRefund(refund, livemode)
  const entry = await client.call((stripe) => stripe.balanceTransactions.retrieve(back))
  return readRefund({ ...refund, failure_balance_transaction: entry }, livemode)
}
