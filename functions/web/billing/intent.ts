import type { SubscribeRequest } from '../../../core/billing/wire.ts'
import { plans } from '../kit/billing-api.ts'
import { hasCode } from '../kit/problem.ts'
import { randomName } from '../kit/random.ts'

const keys = new Map<string, string>()
/** A key that can have no other answer than the one that it had. */
const SPENT = ['outcome-unknown', 'idempotency-key-reused']

/**
 * Where to pay for a plan. Asking for the same again, because the network failed or a button was pressed twice, goes by
 * the same key and gets the same checkout.
 */
export async function checkoutUrl(want: SubscribeRequest): Promise<string> {
  const intent = JSON.stringify(want)
  const key = keys.get(intent) ?? randomName()
  keys.set(intent, key)
  try {
    return (await plans.subscribe(want, key)).checkoutUrl
  } catch (error) {
    if (SPENT.some((code) => hasCode(error, code))) keys.delete(intent)
    throw error
  }
}
