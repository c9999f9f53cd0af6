import { and, asc, eq, inArray, isNull } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Provider } from './provider-objects.ts'
import { planFeatures, planPrices, plans } from './schema.ts'

export type PlanRow = typeof plans.$inferSelect
export type PriceRow = typeof planPrices.$inferSelect
export interface ListedPlan extends PlanRow {
  readonly features: readonly string[]
  /** Those that are for sale, lowest first; metered ones last. */
  readonly prices: readonly PriceRow[]
}

/** Plans that are for sale at this provider, in their order. Three queries whatever their number. */
export async function planList(
  db: Db,
  { provider, audience }: { provider: Provider; audience?: PlanRow['audience'] },
): Promise<readonly ListedPlan[]> {
  const sold = and(eq(plans.provider, provider), eq(plans.active, true), isNull(plans.deletedAt))
  const rows = await db
    .select()
    .from(plans)
    .where(audience === undefined ? sold : and(sold, eq(plans.audience, audience)))
    .orderBy(asc(plans.rank), asc(plans.id))
  const ids = rows.map((row) => row.id)
  if (ids.length === 0) return []
  const [features, prices] = await Promise.all([featuresOf(db, provider, ids), pricesOf(db, provider, ids)])
  return rows.map((row) => ({
    ...row,
    features: features.filter(({ planId }) => planId === row.id).map(({ feature }) => feature),
    prices: prices.filter(({ planId }) => planId === row.id),
  }))
}

const featuresOf = (db: Db, provider: Provider, ids: readonly string[]) =>
  db
    .select()
    .from(planFeatures)
    .where(and(eq(planFeatures.provider, provider), inArray(planFeatures.planId, [...ids])))
    .orderBy(asc(planFeatures.feature))

function pricesOf(db: Db, provider: Provider, ids: readonly string[]): Promise<PriceRow[]> {
  const sold = and(eq(planPrices.active, true), isNull(planPrices.deletedAt))
  return db
    .select()
    .from(planPrices)
    .where(and(eq(planPrices.provider, provider), inArray(planPrices.planId, [...ids]), sold))
    .orderBy(asc(planPrices.unitAmountMinor), asc(planPrices.id))
}
