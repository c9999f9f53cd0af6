import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import { once } from './effects.ts'
import { RUNNING_STATUSES } from './model.ts'
import { subscriptions } from './schema.ts'

/**
 * Tells an operator, once, of a subscription beside another running one of the same customer: paid for in two tabs, or made
 * at the provider by hand. Both run and are listed; which one to end, and what to pay back, is for people to decide.
 */
export async function noticeDuplicates(at: Applying, customer: string): Promise<void> {
  // Subscriptions of nobody yet have nothing to do with each other.
  if (customer === '') return
  // Written at the same time, two would not see each other.
  const name = `billing-subscriptions ${at.provider} ${customer}`
  await at.tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`)
  const running = await at.tx
    .select({ id: subscriptions.id })
    .from(subscriptions)
    .where(
      and(
        eq(subscriptions.provider, at.provider),
        eq(subscriptions.providerCustomerId, customer),
        inArray(subscriptions.status, RUNNING_STATUSES),
      ),
    )
    .orderBy(asc(subscriptions.startedAt), asc(subscriptions.id))
  const [first, ...others] = running
  for (const { id } of others)
    await once(at, id, 'duplicate-subscription', async () =>
      at.log.error('a customer has a second running subscription', {
        ...{ provider: at.provider, customer, subscription: id, beside: first?.id },
      }),
    )
}
