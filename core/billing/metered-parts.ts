import type { Db } from '../ports/database.ts'
import { type ListedPlan, type PlanRow, type PriceRow, planList } from './plan-list.ts'
import type { PricedPlan } from './plans.ts'

export const isSoldIn = (price: PriceRow, currency: string): boolean =>
  price.currency === currency || Object.hasOwn(price.otherCurrencies, currency)

const isMetered = ({ meter }: PriceRow): boolean => meter !== null

/** A plan of nothing but prices by use: they are billed along with every plan of its audience, and stay when it changes. */
export const isUsePlan = ({ prices }: ListedPlan): boolean => prices.length > 0 && prices.every(isMetered)

/** The prices by use that are billed along with a plan: its own, and those of its audience. */
export const usePricesOf = (
  plan: Pick<PlanRow, 'id' | 'audience'>,
  listed: readonly ListedPlan[],
): readonly PriceRow[] =>
  listed
    .filter((other) => other.id === plan.id || (other.audience === plan.audience && isUsePlan(other)))
    .flatMap(({ prices }) => prices.filter(isMetered))

/**
 * What is billed by use along with a price, in this currency. `undefined` where something of it is not sold in the
 * currency: leaving it out would give it away.
 */
export async function meteredParts(
  db: Db,
  { plan, price }: PricedPlan,
  currency: string,
): Promise<readonly PriceRow[] | undefined> {
  const listed = await planList(db, { provider: plan.provider, audience: plan.audience })
  const along = usePricesOf(plan, listed).filter(
    ({ interval, intervalCount }) => interval === price.interval && intervalCount === price.intervalCount,
  )
  const parts = along.filter((part) => isSoldIn(part, currency))
  const counted = new Set(parts.map(({ meter }) => meter))
  if (along.some(({ meter }) => !counted.has(meter))) return undefined
  // One price a meter, or use would be billed twice.
  return [...new Map(parts.map((part) => [part.meter, part])).values()]
}

/** Whether a plan has prices by use of its own: a subscription keeps those of the plan that it began with. */
export async function hasOwnUsePrices(db: Db, plan: PlanRow): Promise<boolean> {
  const listed = await planList(db, { provider: plan.provider, audience: plan.audience })
  return listed.some((other) => other.id === plan.id && !isUsePlan(other) && other.prices.some(isMetered))
}
