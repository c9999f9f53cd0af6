import { and, eq } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { isSoldIn, usePricesOf } from './metered-parts.ts'
import type { Currency } from './money.ts'
import { type PlanRow, type PriceRow, planList } from './plan-list.ts'
import type { Provider } from './provider-objects.ts'
import { planPrices, plans } from './schema.ts'
import type { Plan, PlanPrice, PlanQuery } from './wire.ts'

/** What can be subscribed to now, in order of rank. With a currency, only what is sold in it, with its amounts in it. */
export async function listPlans(
  { db, payments, config }: Uses<'db' | 'payments' | 'config'>,
  { currency, audience }: PlanQuery,
): Promise<Plan[]> {
  const listed = await planList(db, { provider: payments.primary, ...(audience && { audience }) })
  const shown = listed
    .filter(({ livemode }) => livemode === config.billingLivemode)
    .map(({ features, prices, ...plan }) => ({
      ...factsOf(plan),
      features: [...features],
      prices: flatOf(prices, currency as Currency | undefined),
      metered: meteredOf(usePricesOf(plan, listed), currency as Currency | undefined),
    }))
  return shown.filter(({ prices }) => prices.length > 0)
}

export interface PricedPlan {
  readonly plan: PlanRow
  readonly price: PriceRow
}

/** A price with its plan, also one that is not sold any more: somebody may still have it. */
export async function findPrice(db: Db, provider: Provider, id: string): Promise<PricedPlan | undefined> {
  const rows = await db
    .select({ plan: plans, price: planPrices })
    .from(planPrices)
    .innerJoin(plans, and(eq(plans.provider, planPrices.provider), eq(plans.id, planPrices.planId)))
    .where(and(eq(planPrices.provider, provider), eq(planPrices.id, id)))
  return rows[0]
}

/** All currencies that a price is sold in, with its amount. */
export const amountsOf = (price: PriceRow): Readonly<Record<string, number>> => ({
  ...price.otherCurrencies,
  ...(price.unitAmountMinor === null ? {} : { [price.currency]: price.unitAmountMinor }),
})

const factsOf = ({ id, planKey: key, name, description, audience }: PlanRow) => ({
  ...{ id, key, name, description, audience },
})

const sellsIn = (prices: readonly PriceRow[], currency: Currency | undefined) =>
  prices.filter((price) => currency === undefined || isSoldIn(price, currency))

const flatOf = (prices: readonly PriceRow[], currency: Currency | undefined): PlanPrice[] =>
  sellsIn(prices, currency)
    .filter(({ meter, interval }) => meter === null && interval !== null)
    .map((price) => showPrice(price, currency ?? price.currency))
    .sort(byInterval)

const meteredOf = (prices: readonly PriceRow[], currency: Currency | undefined): Plan['metered'] =>
  sellsIn(prices, currency).flatMap((price) =>
    price.meter === null
      ? []
      : [
          {
            priceId: price.id,
            meter: price.meter,
            currency: currency ?? price.currency,
            amountDecimal: decimalIn(price, currency ?? price.currency),
            interval: price.interval,
          },
        ],
  )

function decimalIn(price: PriceRow, currency: Currency): string | null {
  if (currency === price.currency) return price.unitAmountDecimal
  const whole = price.otherCurrencies[currency]
  return whole === undefined ? null : `${whole}`
}

const LENGTH = { day: 1, week: 7, month: 30, year: 365 } as const
const daysOf = ({ interval, intervalCount }: PlanPrice) => (interval ? LENGTH[interval] * intervalCount : 0)
const byInterval = (a: PlanPrice, b: PlanPrice) => daysOf(a) - daysOf(b) || (a.id < b.id ? -1 : 1)

function showPrice(price: PriceRow, currency: Currency): PlanPrice {
  const { id, priceKey: key, interval, intervalCount, trialDays } = price
  const currencies = amountsOf(price)
  const amountDecimal = currency === price.currency ? price.unitAmountDecimal : null
  return {
    ...{ id, key, currency, interval, intervalCount, trialDays, amountDecimal },
    ...{ amountMinor: currencies[currency] ?? null, currencies },
  }
}
