import { and, eq, getTableColumns } from 'drizzle-orm'
import { notFound } from '../http/problem.ts'
import type { Db } from '../ports/database.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { isId } from '../run/id.ts'
import { isPaid } from './mirror-checkout.ts'
import { type KeptCheckout, SUBSCRIBE } from './model.ts'
import type { Provider, SubscriptionStatus } from './provider-objects.ts'
import { type RefetchNeeds, refetchSeldom } from './refetch.ts'
import { billingCustomers, billingOperations, subscriptions } from './schema.ts'
import { managesCustomer } from './store.ts'
import type { CheckoutState } from './wire.ts'

/** A page that waits asks every second; the provider is asked half as often. */
const SELDOM_MS = 2000

/** What a subscription says of the checkout that began it. */
const SAYS: { readonly [S in SubscriptionStatus]: CheckoutState['status'] } = {
  trialing: 'paid',
  active: 'paid',
  incomplete: 'pending',
  past_due: 'pending',
  paused: 'pending',
  unpaid: 'failed',
  incomplete_expired: 'failed',
  canceled: 'failed',
}

/**
 * What became of a checkout, for the page that its customer comes back to. The checkout and its subscription are fetched
 * and written as their webhooks would; that the browser came to the success page is no proof of anything.
 */
export async function checkoutState(
  uses: RefetchNeeds,
  ctx: Context,
  actor: Actor,
  id: string | undefined,
): Promise<CheckoutState> {
  const { operation, provider } = await checkoutFor(uses.db, actor, id)
  const state = (status: CheckoutState['status'], subscriptionId: string | null = null) => ({
    ...{ operationId: operation.id, status, subscriptionId },
  })
  if (operation.state !== 'done') return state(operation.state === 'asked' ? 'pending' : 'failed')
  const { checkoutId, expiresAt } = operation.result as KeptCheckout
  if (operation.checkout?.status !== 'complete') {
    await refetchSeldom(uses, ctx, { provider, kind: 'checkout', id: checkoutId, everyMs: SELDOM_MS })
    operation.checkout = (await checkoutFor(uses.db, actor, id)).operation.checkout
  }
  const { checkout } = operation
  if (checkout?.status === 'expired') return state('expired')
  if (checkout?.status !== 'complete')
    return state(new Date(expiresAt) <= uses.clock.now() ? 'expired' : 'pending')
  if (checkout.subscriptionId === null) return state('pending')
  const found = await lookedAt(uses, ctx, provider, checkout.subscriptionId)
  const says = found ? SAYS[found] : 'pending'
  // Active although unpaid: a bank debit on its way, which may still come back.
  return state(says === 'paid' && !isPaid(checkout) ? 'pending' : says, checkout.subscriptionId)
}

async function lookedAt(
  uses: RefetchNeeds,
  ctx: Context,
  provider: Provider,
  id: string,
): Promise<SubscriptionStatus | undefined> {
  const known = await statusOf(uses.db, provider, id)
  if (known && SAYS[known] !== 'pending') return known
  await refetchSeldom(uses, ctx, { provider, kind: 'subscription', id, everyMs: SELDOM_MS })
  return statusOf(uses.db, provider, id)
}

async function statusOf(db: Db, provider: Provider, id: string) {
  const same = and(eq(subscriptions.provider, provider), eq(subscriptions.id, id))
  return (await db.select({ status: subscriptions.status }).from(subscriptions).where(same))[0]?.status
}

async function checkoutFor(db: Db, actor: Actor, id: string | undefined) {
  if (id === undefined || !isId('bop', id)) throw notFound('checkout')
  const [found] = await db
    .select({ operation: getTableColumns(billingOperations), customer: getTableColumns(billingCustomers) })
    .from(billingOperations)
    .innerJoin(billingCustomers, eq(billingCustomers.id, billingOperations.customerId))
    .where(and(eq(billingOperations.id, id), eq(billingOperations.kind, SUBSCRIBE)))
  if (!found || !(await managesCustomer(db, actor, found.customer))) throw notFound('checkout')
  return { operation: found.operation, provider: found.customer.provider }
}
