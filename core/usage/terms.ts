import { and, eq, gt, inArray, isNotNull, isNull, type SQL } from 'drizzle-orm'
import type { Currency } from '../billing/money.ts'
import type { Provider, SubscriptionStatus } from '../billing/provider-objects.ts'
import { billingCustomers, planPrices, subscriptions } from '../billing/schema.ts'
import type { Db } from '../ports/database.ts'
import type { CustomerId } from '../run/id.ts'
import { isMeter, type MeterName } from './model.ts'

/** On what terms a tenant pays for what a meter counts: the item of their subscription that is priced by it. */
export interface Terms {
  readonly tenant: CustomerId
  readonly meter: MeterName
  readonly provider: Provider
  readonly providerCustomerId: string
  readonly subscriptionId: string
  readonly currency: Currency
  /** In the subscription's currency, a unit, in minor units as decimal text; null where the price has tiers. */
  readonly unitAmountDecimal: string | null
  /** When the subscription began, or its trial ended. Nobody has agreed to pay for what was before. */
  readonly startedAt: Date
  readonly periodStart: Date
  readonly periodEnd: Date
}

/** As long as invoices are made. */
export const BILLED: readonly SubscriptionStatus[] = ['trialing', 'active', 'past_due', 'unpaid']

/** All terms, or one tenant's. */
export async function termsOf(db: Db, tenant?: CustomerId): Promise<readonly Terms[]> {
  const rows = await subscribed(
    db,
    and(
      tenant === undefined ? undefined : eq(billingCustomers.id, tenant),
      inArray(subscriptions.status, [...BILLED]),
    ),
  )
  const prices = await meteredPrices(db)
  return firstOfEach(rows.flatMap((row) => itemsOf(row, prices)))
}

/** Terms of a subscription that has ended. */
export interface EndedTerms extends Terms {
  readonly endedAt: Date
}

/** Those on which something may still be owed: of subscriptions that ended since then. */
export async function endedTermsOf(db: Db, since: Date): Promise<readonly EndedTerms[]> {
  const ended = and(eq(subscriptions.status, 'canceled'), gt(subscriptions.endedAt, since))
  const rows = await subscribed(db, ended)
  if (rows.length === 0) return []
  const prices = await meteredPrices(db)
  return rows.flatMap((row) => {
    const { endedAt } = row.subscription
    return endedAt === null ? [] : itemsOf(row, prices).map((terms) => ({ ...terms, endedAt }))
  })
}

const subscribed = (db: Db, which: SQL | undefined): Promise<Subscribed[]> =>
  db
    .select({ customer: billingCustomers, subscription: subscriptions })
    .from(billingCustomers)
    .innerJoin(
      subscriptions,
      and(
        eq(subscriptions.provider, billingCustomers.provider),
        eq(subscriptions.providerCustomerId, billingCustomers.providerId),
      ),
    )
    .where(and(isNull(billingCustomers.deletedAt), which))
    .orderBy(billingCustomers.id, subscriptions.startedAt, subscriptions.id)

type Price = typeof planPrices.$inferSelect
interface Subscribed {
  readonly customer: typeof billingCustomers.$inferSelect
  readonly subscription: typeof subscriptions.$inferSelect
}

async function meteredPrices(db: Db): Promise<ReadonlyMap<string, Price>> {
  const rows = await db.select().from(planPrices).where(isNotNull(planPrices.meter))
  return new Map(rows.map((row) => [`${row.provider} ${row.id}`, row]))
}

function itemsOf({ customer, subscription }: Subscribed, prices: ReadonlyMap<string, Price>): Terms[] {
  const { provider, providerId } = customer
  return subscription.items.flatMap((item) => {
    const price = prices.get(`${provider} ${item.priceId}`)
    if (!price?.meter || !isMeter(price.meter) || providerId === null) return []
    return [
      {
        tenant: customer.id,
        meter: price.meter,
        provider,
        providerCustomerId: providerId,
        subscriptionId: subscription.id,
        currency: subscription.currency,
        unitAmountDecimal: unitAmount(price, subscription.currency),
        startedAt: subscription.trialEnd ?? subscription.startedAt,
        periodStart: new Date(item.periodStart),
        periodEnd: new Date(item.periodEnd),
      },
    ]
  })
}

function unitAmount(price: Price, currency: Currency): string | null {
  if (price.currency === currency) return price.unitAmountDecimal
  const other = price.otherCurrencies[currency]
  return other === undefined ? null : String(other)
}

/** A meter counts once, also for a tenant with two subscriptions that are priced by it: by the older one. */
function firstOfEach(all: readonly Terms[]): readonly Terms[] {
  const first = new Map<string, Terms>()
  for (const terms of all) {
    const key = `${terms.tenant} ${terms.meter}`
    if (!first.has(key)) first.set(key, terms)
  }
  return [...first.values()]
}
