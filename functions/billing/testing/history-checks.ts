import { sql } from 'drizzle-orm'
import type { Subscription } from '../../../adapters/stripe-server/engine/objects.ts'
import { allOf } from '../../../adapters/stripe-server/engine/objects-in-store.ts'
import { entitlementsOf } from '../../../core/billing/entitlements.ts'
import { customerId } from '../../../core/billing/testing/objects.ts'
import { rowsOf } from '../../../core/database/rows.ts'
import { doubtsOfEffects } from './history-effects.ts'
import { doubtsOfLedger } from './history-ledger.ts'
import { doubtsOfMirror } from './history-mirror.ts'
import type { History } from './history-open.ts'

/** All that is not as it must be, in one line each. */
export async function doubtsOf(history: History): Promise<readonly string[]> {
  return [
    ...(await doubtsOfInbox(history)),
    ...(await doubtsOfMirror(history)),
    ...(await doubtsOfLedger(history)),
    ...(await doubtsOfEffects(history)),
    ...(await doubtsOfEntitlements(history)),
  ]
}

/** Every event is there once and done, and nobody holds an object. */
async function doubtsOfInbox({ ports: { db }, account }: History): Promise<readonly string[]> {
  const rows = await rowsOf<{ dedupe_id: string; type: string; state: string; last_error: string | null }>(
    db,
    sql`select dedupe_id, type, state, last_error from webhook_inbox`,
  )
  const unfinished = rows
    .filter(({ state }) => state !== 'done')
    .map((row) => `inbox: ${row.dedupe_id} ${row.type} is ${row.state}, ${row.last_error}`)
  const have = new Set(rows.map((row) => row.dedupe_id))
  const missing = account.store
    .all('event')
    .filter(({ id }) => !have.has(id))
    .map(({ id, type }) => `inbox: ${id} ${type} never came`)
  const held = await rowsOf<{ object_id: string }>(db, sql`select object_id from webhook_objects`)
  return [...unfinished, ...missing, ...held.map((row) => `inbox: ${row.object_id} is still leased`)]
}

const OPEN = ['trialing', 'active']

/** What each customer may see, by Stripe's subscriptions; while one is past due its dunning decides. */
async function doubtsOfEntitlements({ ports: { db, clock }, account, customers }: History) {
  const closed = await rowsOf<{ subscription_id: string }>(
    db,
    sql`select subscription_id from dunning_cases where stage in ('restricted', 'downgraded', 'lost')`,
  )
  const isClosed = (id: string) => closed.some((row) => row.subscription_id === id)
  const opens = ({ id, status, cancel_at: end }: Subscription) =>
    (OPEN.includes(status) || (status === 'past_due' && !isClosed(id))) &&
    (end === null || end > account.store.now())
  const featuresOf = (subscription: Subscription) =>
    subscription.items.data.flatMap(({ price }) => {
      const product = account.store.get(price.product) as { metadata?: { features?: string } } | undefined
      return product?.metadata?.features?.split(',') ?? []
    })
  const doubts: string[] = []
  for (const [nth, customer] of customers.entries()) {
    const have = await entitlementsOf(db, { customerIds: [customerId(nth + 1)] }, clock.now())
    const should = allOf(account.store, 'subscription')
      .filter((each) => each.customer === customer && opens(each))
      .flatMap((each) => [...new Set(featuresOf(each))].map((feature) => `${feature} by ${each.id}`))
    const here = new Set(have.map((each) => `${each.feature} by ${each.subscriptionId}`))
    const there = new Set(should)
    for (const one of here)
      if (!there.has(one)) doubts.push(`entitlements of ${customer}: ${one} is too much`)
    for (const one of there) if (!here.has(one)) doubts.push(`entitlements of ${customer}: ${one} is missing`)
  }
  return doubts
}
