import { eq } from 'drizzle-orm'
import { isId } from '../run/id.ts'
import type { Applying } from './applying.ts'
import type { CheckoutObject } from './provider-objects.ts'
import { billingOperations } from './schema.ts'

/**
 * Keeps how the checkout stands with the operation that began it, for whoever waits on the return page. It grants nothing:
 * a complete one may still be unpaid for days (bank debits), and what was bought comes as a subscription of its own.
 */
export async function mirrorCheckout({ tx }: Applying, object: CheckoutObject): Promise<void> {
  const { id, status, paymentStatus, subscriptionId, paymentId, reference } = object
  if (reference === null || !isId('bop', reference)) return
  const checkout = { id, status, paymentStatus, subscriptionId, paymentId }
  await tx.update(billingOperations).set({ checkout }).where(eq(billingOperations.id, reference))
}

/** Whether the money of a checkout is there, or none is asked for (a trial, a price of zero). */
export const isPaid = ({
  status,
  paymentStatus,
}: Pick<CheckoutObject, 'status' | 'paymentStatus'>): boolean =>
  status === 'complete' && paymentStatus !== 'unpaid'
