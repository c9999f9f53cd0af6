import { and, desc, eq, inArray, isNull } from 'drizzle-orm'
import { keepsAccess } from '../dunning/model.ts'
import { dunningCases } from '../dunning/schema.ts'
import type { Db } from '../ports/database.ts'
import { amountsOf, type PricedPlan } from './plans.ts'
import { planPrices, plans } from './schema.ts'
import type { SubscriptionRow } from './store.ts'
import type { Subscription } from './wire.ts'

type CaseRow = typeof dunningCases.$inferSelect
interface Beside {
  readonly priced: ReadonlyMap<string, PricedPlan>
  readonly cases: readonly CaseRow[]
}

/** Subscriptions as the API shows them, with their plans and what is unpaid of them: two queries for any number. */
export async function showSubscriptions(db: Db, rows: readonly SubscriptionRow[]): Promise<Subscription[]> {
  const beside = { priced: await pricesOf(db, rows), cases: await openCasesOf(db, rows) }
  return rows.map((row) => show(row, beside))
}

export async function showSubscription(db: Db, row: SubscriptionRow): Promise<Subscription> {
  const [shown] = await showSubscriptions(db, [row])
  if (!shown) throw new Error('one row became none')
  return shown
}

/** The item of a fixed amount, and those that are billed by use. One whose price is not mirrored yet counts as fixed. */
export function partsOf(row: SubscriptionRow, priced: ReadonlyMap<string, PricedPlan>) {
  const isMetered = ({ priceId }: { priceId: string }) => priced.get(priceId)?.price.meter != null
  return { base: row.items.find((item) => !isMetered(item)), metered: row.items.filter(isMetered) }
}

export async function pricesOf(
  db: Db,
  rows: readonly SubscriptionRow[],
): Promise<ReadonlyMap<string, PricedPlan>> {
  const ids = rows.flatMap(({ items, pending }) => [
    ...items.map(({ priceId }) => priceId),
    ...(pending ? [pending.priceId] : []),
  ])
  const provider = rows[0]?.provider
  if (provider === undefined || ids.length === 0) return new Map()
  const found = await db
    .select({ plan: plans, price: planPrices })
    .from(planPrices)
    .innerJoin(plans, and(eq(plans.provider, planPrices.provider), eq(plans.id, planPrices.planId)))
    .where(and(eq(planPrices.provider, provider), inArray(planPrices.id, ids)))
  return new Map(found.map((priced) => [priced.price.id, priced]))
}

async function openCasesOf(db: Db, rows: readonly SubscriptionRow[]): Promise<CaseRow[]> {
  const provider = rows[0]?.provider
  if (provider === undefined) return []
  const ofThem = and(
    eq(dunningCases.provider, provider),
    inArray(
      dunningCases.subscriptionId,
      rows.map(({ id }) => id),
    ),
    isNull(dunningCases.endedAt),
  )
  return db.select().from(dunningCases).where(ofThem).orderBy(desc(dunningCases.openedAt))
}

function show(row: SubscriptionRow, { priced, cases }: Beside): Subscription {
  const { id, status, currency, cancelAtPeriodEnd } = row
  const { base, metered } = partsOf(row, priced)
  const quantity = base?.quantity ?? 1
  const found = base && priced.get(base.priceId)
  const each = found && amountsOf(found.price)[currency]
  return {
    ...{ id, status, currency, cancelAtPeriodEnd, quantity },
    ...datesOf(row),
    plan: found ? planOf(found) : null,
    priceId: base?.priceId ?? null,
    amountMinor: each === undefined ? null : each * quantity,
    interval: found?.price.interval ?? null,
    intervalCount: found?.price.intervalCount ?? null,
    meters: metered.flatMap(({ priceId }) => priced.get(priceId)?.price.meter ?? []),
    pending: row.pending && {
      ...row.pending,
      planName: priced.get(row.pending.priceId)?.plan.name ?? null,
    },
    dunning: dunningOf(cases.find(({ subscriptionId }) => subscriptionId === id)),
  }
}

const planOf = ({ plan: { id, planKey: key, name, audience } }: PricedPlan) => ({ id, key, name, audience })

const dunningOf = (found: CaseRow | undefined): Subscription['dunning'] =>
  found
    ? { stage: found.stage, keepsAccess: keepsAccess[found.stage], deadlineAt: iso(found.deadlineAt) }
    : null

const datesOf = (row: SubscriptionRow) => ({
  // The period of all items together: each may have one of its own.
  periodStart: row.items.map(({ periodStart }) => periodStart).sort()[0] ?? row.startedAt.toISOString(),
  periodEnd: row.periodEnd.toISOString(),
  startedAt: row.startedAt.toISOString(),
  trialEnd: iso(row.trialEnd),
  cancelAt: iso(row.cancelAt),
  canceledAt: iso(row.canceledAt),
  endedAt: iso(row.endedAt),
})

export function iso(at: Date): string
export function iso(at: Date | null): string | null
export function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null
}
