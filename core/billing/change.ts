import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { hasOwnUsePrices } from './metered-parts.ts'
import { type ChangeNeeds, changeOnce } from './own-subscription.ts'
import type { PlanRow } from './plan-list.ts'
import { badField, nothingToChange, useStays } from './problems.ts'
import { salePrice } from './sale-price.ts'
import { partsOf, pricesOf } from './show-subscription.ts'
import { type SubscriptionRow, subscriptionFor } from './store.ts'
import type { ChangeRequest, Subscription } from './wire.ts'

export interface Wanted {
  readonly priceId: string
  readonly quantity: number
  readonly when: ChangeRequest['when']
  /** As of when it is prorated, where that was asked for. As text, since it is kept as JSON. */
  readonly prorationAt?: string
}
/** Within the hour somebody decides about what a preview has shown. */
const PREVIEW_STANDS_MS = 3_600_000

interface Ask {
  readonly id: string | undefined
  readonly body: ChangeRequest
  readonly key?: string | undefined
}

/** Another price or quantity, now with proration or from the next period on. A scheduled change is replaced. */
export async function changeSubscription(
  uses: ChangeNeeds,
  ctx: Context,
  actor: Actor,
  { id, body, key }: Ask,
): Promise<Subscription> {
  const owned = await subscriptionFor(uses, actor, id)
  const { provider, id: subscriptionId } = owned.row
  return changeOnce(uses, ctx, owned, {
    ...{ kind: 'change', asked: body, key },
    prepare: (row) => wantedOf(uses, row, body),
    call: ({ prorationAt, ...wanted }, idempotencyKey) =>
      uses.payments.of(provider).changeSubscription({
        ...{ ...wanted, subscriptionId, idempotencyKey },
        ...(prorationAt === undefined ? {} : { at: new Date(prorationAt) }),
      }),
  })
}

/** Price and quantity to change to. 422 for a price of another audience or currency, 409 where that is what there is. */
export async function wantedOf(
  uses: Pick<ChangeNeeds, 'db' | 'payments' | 'config' | 'clock'>,
  row: SubscriptionRow,
  { priceId, quantity, when, prorationAt }: ChangeRequest,
): Promise<Wanted> {
  const prorated = when === 'now' && prorationAt !== undefined ? { prorationAt } : {}
  if (prorated.prorationAt !== undefined) refuseOldPreview(prorated.prorationAt, uses.clock.now())
  const priced = await pricesOf(uses.db, [row])
  const { base } = partsOf(row, priced)
  const had = base && priced.get(base.priceId)?.plan
  const audience = had?.audience
  const { plan } = await salePrice(uses, {
    priceId,
    currency: row.currency,
    where: 'body',
    ...(audience && { audience }),
  })
  if (had && had.id !== plan.id && (await anyOwnUsePrices(uses, [had, plan]))) throw useStays()
  const wanted = { priceId, quantity: quantity ?? base?.quantity ?? 1, when, ...prorated }
  const isSame = base?.priceId === wanted.priceId && (base.quantity ?? 1) === wanted.quantity
  // Back to what there is takes a scheduled change back: resume does that, too.
  if (isSame && (when === 'now' || row.pending === null)) throw nothingToChange()
  return wanted
}

function refuseOldPreview(prorationAt: string, now: Date): void {
  const age = now.getTime() - Date.parse(prorationAt)
  if (age < 0) throw badField('body.prorationAt', 'future', 'must not be in the future')
  if (age > PREVIEW_STANDS_MS)
    throw badField('body.prorationAt', 'too_old', 'must be of the last hour: ask for the preview again')
}

const anyOwnUsePrices = async (
  { db }: Pick<ChangeNeeds, 'db'>,
  plans: readonly PlanRow[],
): Promise<boolean> => (await Promise.all(plans.map((plan) => hasOwnUsePrices(db, plan)))).includes(true)
