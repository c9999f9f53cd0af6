import { and, eq, gt, isNull, lt, ne, or, sql } from 'drizzle-orm'
import { CHECKOUT_COMPLETE, PaymentRefused } from '../ports/payments.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import type { BillingOperationId } from '../run/id.ts'
import { NotSupported } from '../run/not-supported.ts'
import type { KnownCustomer } from './customers.ts'
import { CALL_LOST_MS, type KeptCheckout, SUBSCRIBE } from './model.ts'
import { operationInProgress, providerProblem } from './problems.ts'
import type { Provider } from './provider-objects.ts'
import { type RefetchNeeds, refetch } from './refetch.ts'
import { billingCustomers, billingOperations, subscriptions } from './schema.ts'

/** Longer than closing a checkout and starting another one takes. Whoever was lost on the way blocks for so long. */
const HELD_MS = 2 * CALL_LOST_MS

/**
 * Does something for a customer that nobody else does for them meanwhile: 409 for whoever comes second. A token with a
 * deadline and no lock of the database, since the provider is called meanwhile.
 */
export async function whileHeld<T>(
  uses: Uses<'db' | 'clock' | 'ids'>,
  { id }: KnownCustomer,
  body: () => Promise<T>,
): Promise<T> {
  const checkoutToken = uses.ids.uuid()
  const now = uses.clock.now()
  const free = or(isNull(billingCustomers.checkoutUntil), lt(billingCustomers.checkoutUntil, now))
  const held = await uses.db
    .update(billingCustomers)
    .set({ checkoutToken, checkoutUntil: new Date(now.getTime() + HELD_MS) })
    .where(and(eq(billingCustomers.id, id), free))
    .returning({ id: billingCustomers.id })
  if (held.length === 0) throw operationInProgress()
  try {
    return await body()
  } finally {
    await uses.db
      .update(billingCustomers)
      .set({ checkoutToken: null, checkoutUntil: null })
      .where(and(eq(billingCustomers.id, id), eq(billingCustomers.checkoutToken, checkoutToken)))
  }
}

/**
 * Closes the checkouts of a customer that are still open, but for that of `operationId`: paid in two tabs they would be two
 * subscriptions. What was bought in one that turns out to be complete is fetched, so that the caller sees it.
 */
export async function closeEarlier(
  uses: RefetchNeeds,
  ctx: Context,
  { customer, operationId }: { readonly customer: KnownCustomer; readonly operationId: string },
): Promise<void> {
  const { provider } = customer
  for (const { id, checkoutId } of await openCheckouts(uses, customer, operationId)) {
    const complete = await isComplete(uses, ctx, { provider, checkoutId })
    await refetch(uses, ctx, { provider, kind: 'checkout', id: checkoutId })
    const bought = complete ? await boughtIn(uses, id) : null
    if (bought !== null) await refetch(uses, ctx, { provider, kind: 'subscription', id: bought })
  }
}

interface Earlier {
  readonly provider: Provider
  readonly checkoutId: string
}

async function isComplete(
  { payments }: RefetchNeeds,
  { log }: Context,
  { provider, checkoutId }: Earlier,
): Promise<boolean> {
  try {
    await payments.of(provider).expireCheckout({ checkoutId })
    return false
  } catch (error) {
    if (error instanceof PaymentRefused && error.code === CHECKOUT_COMPLETE) return true
    if (!(error instanceof NotSupported)) throw providerProblem(error)
    // Better a second page, and a duplicate that is told, than nobody who can subscribe.
    log.warn('the provider closes no checkouts: two may be paid', { provider, checkout: checkoutId })
    return false
  }
}

async function openCheckouts(
  { db, clock }: RefetchNeeds,
  { id: customerId }: KnownCustomer,
  operationId: string,
) {
  const { id, result } = billingOperations
  const open = and(
    gt(sql`(${result} ->> 'expiresAt')::timestamptz`, clock.now().toISOString()),
    sql`coalesce(${billingOperations.checkout} ->> 'status', 'open') = 'open'`,
  )
  const rows = await db
    .select({ id, result })
    .from(billingOperations)
    .where(
      and(
        eq(billingOperations.customerId, customerId),
        eq(billingOperations.kind, SUBSCRIBE),
        eq(billingOperations.state, 'done'),
        ne(id, operationId as BillingOperationId),
        or(open, isNotMirrored),
      ),
    )
  return rows.map((row) => ({ id: row.id, ...(row.result as KeptCheckout) }))
}

/** Paid, and the subscription's own webhook is still on its way: without it nobody would see that there is one. */
const isNotMirrored = sql`${billingOperations.checkout} ->> 'status' = 'complete'
  and ${billingOperations.checkout} ->> 'subscriptionId' is not null and not exists (
  select from ${subscriptions} join ${billingCustomers} on ${billingCustomers.provider} = ${subscriptions.provider}
  where ${billingCustomers.id} = ${billingOperations.customerId}
    and ${subscriptions.id} = ${billingOperations.checkout} ->> 'subscriptionId')`

async function boughtIn({ db }: RefetchNeeds, id: BillingOperationId): Promise<string | null> {
  const { checkout } = billingOperations
  const [row] = await db.select({ checkout }).from(billingOperations).where(eq(billingOperations.id, id))
  return row?.checkout?.subscriptionId ?? null
}
