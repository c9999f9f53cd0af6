import { and, eq } from 'drizzle-orm'
import type { Applying } from './applying.ts'
import { noticeDuplicates } from './duplicates.ts'
import { tell } from './effects.ts'
import { isStale } from './mirror-guard.ts'
import { isRunning } from './model.ts'
import type { SubscriptionItem, SubscriptionObject, SubscriptionStatus } from './provider-objects.ts'
import { type Stored, subscriptions } from './schema.ts'

type Row = typeof subscriptions.$inferSelect

/** Writes the subscription as it is. Answers whether it did: not over one that has ended. */
export async function mirrorSubscription(
  at: Applying,
  object: SubscriptionObject,
  trialEnds: boolean,
): Promise<boolean> {
  const before = await subscriptionRow(at, object.id)
  if (before && isStale(at, 'subscription', before, object)) return false
  const row = rowOf(at, object)
  await at.tx
    .insert(subscriptions)
    .values(row)
    .onConflictDoUpdate({ target: [subscriptions.provider, subscriptions.id], set: row })
  if (isRunning[row.status]) await noticeDuplicates(at, row.providerCustomerId)
  await tellOf(at, { before, after: row, trialEnds })
  return true
}

/** A subscription that the provider does not have any more has ended. Answers it, where it was seen and had not yet. */
export async function endSubscription(at: Applying, id: string): Promise<SubscriptionObject | undefined> {
  const before = await subscriptionRow(at, id)
  if (!before || before.status === 'canceled') return undefined
  const [canceledAt, endedAt] = [before.canceledAt ?? at.now, before.endedAt ?? at.now]
  const after: Row = { ...before, status: 'canceled', canceledAt, endedAt, pending: null, syncedAt: at.now }
  await at.tx
    .update(subscriptions)
    .set(after)
    .where(and(eq(subscriptions.provider, at.provider), eq(subscriptions.id, id)))
  await tellOf(at, { before, after, trialEnds: false })
  return objectOf(after)
}

async function subscriptionRow({ tx, provider }: Applying, id: string): Promise<Row | undefined> {
  const here = and(eq(subscriptions.provider, provider), eq(subscriptions.id, id))
  return (await tx.select().from(subscriptions).where(here).for('update'))[0]
}

function rowOf({ provider, now }: Applying, object: SubscriptionObject): Row {
  const { id, customerId, status, currency, items, cancelAtPeriodEnd, cancelAt, canceledAt } = object
  const { endedAt, trialEnd, startedAt, latestInvoiceId, pending } = object
  return {
    ...{ provider, id, status, currency, cancelAtPeriodEnd, cancelAt, canceledAt, endedAt, trialEnd },
    ...{ startedAt, latestInvoiceId, syncedAt: now, providerCustomerId: customerId },
    items: items.map(storedItem),
    periodEnd: new Date(Math.max(startedAt.getTime(), ...items.map((item) => item.periodEnd.getTime()))),
    pending: pending && { ...pending, at: pending.at.toISOString() },
  }
}

const storedItem = (item: SubscriptionItem): Stored<SubscriptionItem> => ({
  ...item,
  periodStart: item.periodStart.toISOString(),
  periodEnd: item.periodEnd.toISOString(),
})

function objectOf(row: Row): SubscriptionObject {
  const { provider: _provider, periodEnd: _end, syncedAt: _synced, providerCustomerId, items, ...facts } = row
  const read = (item: Stored<SubscriptionItem>): SubscriptionItem => ({
    ...item,
    periodStart: new Date(item.periodStart),
    periodEnd: new Date(item.periodEnd),
  })
  const rest = { customerId: providerCustomerId, items: items.map(read), pending: null, livemode: false }
  return { kind: 'subscription', ...facts, ...rest }
}

/** Whether somebody has begun to use it: `incomplete` waits for its first payment, and may never be. */
const HAS_BEGUN: { readonly [S in SubscriptionStatus]: boolean } = {
  incomplete: false,
  incomplete_expired: false,
  trialing: true,
  active: true,
  past_due: true,
  unpaid: true,
  paused: true,
  canceled: false,
}

interface Transition {
  readonly before: Row | undefined
  readonly after: Row
  /** Whether the provider says that the trial ends soon. */
  readonly trialEnds: boolean
}

async function tellOf(at: Applying, { before, after, trialEnds }: Transition): Promise<void> {
  const { id: objectId, status, providerCustomerId: customer, trialEnd } = after
  const about = { objectId, whose: { customer }, data: { subscriptionId: objectId } }
  const started =
    HAS_BEGUN[status] &&
    (await tell(at, { ...about, type: 'billing.subscription.started', effect: 'started' }))
  if (status === 'trialing' && trialEnd && (trialEnds || isNear(at.now, trialEnd))) {
    const until = trialEnd.toISOString()
    const data = { ...about.data, trialEnd: until }
    await tell(at, {
      ...about,
      type: 'billing.subscription.trial-ending',
      effect: `trial-ending:${until}`,
      data,
    })
  }
  if (status === 'canceled')
    return void (await tell(at, { ...about, type: 'billing.subscription.ended', effect: 'ended' }))
  // Two changes may lead back to the same state, so each is an effect of its own: a repetition sees no change.
  if (!started && before && HAS_BEGUN[status] && termsOf(before) !== termsOf(after)) {
    const effect = `changed:${at.ids.uuid()}`
    await tell(at, { ...about, type: 'billing.subscription.changed', effect })
  }
}

/** Providers tell three days ahead. An hour more, since their clock is another one. */
const TRIAL_NOTICE_MS = 3 * 86_400_000 + 3_600_000
const isNear = (now: Date, trialEnd: Date): boolean =>
  trialEnd > now && trialEnd.getTime() - now.getTime() <= TRIAL_NOTICE_MS

/** What a change is about. A renewal alone is none. */
function termsOf(row: Row): string {
  const { status, cancelAtPeriodEnd, cancelAt, trialEnd, pending } = row
  const items = row.items.map(({ priceId, quantity }) => [priceId, quantity])
  const pendingTo = pending && [pending.priceId, pending.at]
  return JSON.stringify([status, cancelAtPeriodEnd, cancelAt, trialEnd, pendingTo, items])
}
