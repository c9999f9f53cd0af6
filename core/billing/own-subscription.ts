import { and, eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { payerFor } from './billing-can.ts'
import { findCustomer, wasKnown } from './customers.ts'
import { isRunning } from './model.ts'
import { type Intent, intentKey, onceAtProvider } from './operations.ts'
import { subscriptionEnded } from './problems.ts'
import { type RefetchNeeds, refetch } from './refetch.ts'
import { subscriptions } from './schema.ts'
import { showSubscription, showSubscriptions } from './show-subscription.ts'
import { type Owned, type SubscriptionRow, subscriptionsOf } from './store.ts'
import type { OfOrganisation, Subscription, SubscriptionList } from './wire.ts'

export type ChangeNeeds = RefetchNeeds & Uses<'config'>

/** Those of whoever pays, latest first, also the ended ones. */
export async function listSubscriptions(
  uses: Uses<'db'>,
  actor: Actor,
  { organisationId }: OfOrganisation,
): Promise<SubscriptionList> {
  const customer = await findCustomer(uses.db, await payerFor(uses, actor, organisationId))
  if (!wasKnown(customer)) return { items: [] }
  return { items: await showSubscriptions(uses.db, await subscriptionsOf(uses.db, customer)) }
}

interface Change<Q> {
  readonly kind: 'change' | 'cancel' | 'resume'
  readonly asked: unknown
  /** The client's, if it sent one. */
  readonly key: string | undefined
  /** Checks that run the first time alone: a repetition of what is done gets its answer although nothing is left to do. */
  prepare(row: SubscriptionRow): Promise<Q>
  call(request: Q, idempotencyKey: string): Promise<void>
}

/** Changes a subscription at the provider once, then looks at it there, and answers it as it is now. */
export async function changeOnce<Q>(
  uses: ChangeNeeds,
  ctx: Context,
  { row, customer }: Owned<SubscriptionRow>,
  { kind, asked, key, prepare, call }: Change<Q>,
): Promise<Subscription> {
  // One sequence for all kinds of change: a cancellation after a resumption is another one than before it.
  const intent = { customerId: customer.id, kind: 'subscription', asked: { id: row.id, kind, asked } }
  const chosen: Intent = { ...intent, key: key ?? (await intentKey(uses, intent, row.id)) }
  await onceAtProvider(uses, chosen, {
    prepare: () => {
      if (!isRunning[row.status]) throw subscriptionEnded()
      return prepare(row)
    },
    call: async (request, idempotencyKey) => {
      await call(request, idempotencyKey)
      return null
    },
  })
  await refetch(uses, ctx, { provider: row.provider, kind: 'subscription', id: row.id })
  return showSubscription(uses.db, await again(uses, row))
}

async function again({ db }: Uses<'db'>, row: SubscriptionRow): Promise<SubscriptionRow> {
  const same = and(eq(subscriptions.provider, row.provider), eq(subscriptions.id, row.id))
  return (await db.select().from(subscriptions).where(same))[0] ?? row
}
