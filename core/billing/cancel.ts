import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { isRunning } from './model.ts'
import { type ChangeNeeds, changeOnce } from './own-subscription.ts'
import { showSubscription } from './show-subscription.ts'
import { type SubscriptionRow, subscriptionFor } from './store.ts'
import type { CancelRequest, Subscription } from './wire.ts'

interface Ask {
  readonly id: string | undefined
  readonly key?: string | undefined
}

/** Ends it now, or at the end of what is paid for. What is canceled already stays so. 409 for one that has ended. */
export async function cancelSubscription(
  uses: ChangeNeeds,
  ctx: Context,
  actor: Actor,
  { id, key, body: { when } }: Ask & { readonly body: CancelRequest },
): Promise<Subscription> {
  const owned = await subscriptionFor(uses, actor, id)
  const { provider, id: subscriptionId, cancelAtPeriodEnd, status } = owned.row
  if (when === 'period-end' && cancelAtPeriodEnd && isRunning[status])
    return showSubscription(uses.db, owned.row)
  return changeOnce(uses, ctx, owned, {
    ...{ kind: 'cancel', asked: when, key },
    prepare: async () => null,
    call: (_, idempotencyKey) =>
      uses.payments.of(provider).cancelSubscription({ subscriptionId, when, idempotencyKey }),
  })
}

/** Takes back a cancellation at the period's end and a scheduled change. Where there is neither, nothing happens. */
export async function resumeSubscription(
  uses: ChangeNeeds,
  ctx: Context,
  actor: Actor,
  { id, key }: Ask,
): Promise<Subscription> {
  const owned = await subscriptionFor(uses, actor, id)
  const { provider, id: subscriptionId } = owned.row
  if (isRunning[owned.row.status] && !endsOrChanges(owned.row)) return showSubscription(uses.db, owned.row)
  return changeOnce(uses, ctx, owned, {
    ...{ kind: 'resume', asked: null, key },
    prepare: async () => null,
    call: (_, idempotencyKey) =>
      uses.payments.of(provider).resumeSubscription({ subscriptionId, idempotencyKey }),
  })
}

const endsOrChanges = ({ cancelAtPeriodEnd, cancelAt, pending }: SubscriptionRow): boolean =>
  cancelAtPeriodEnd || cancelAt !== null || pending !== null
