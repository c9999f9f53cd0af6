import { currencyOf } from '../../../core/billing/money.ts'
import { billingCustomers, planPrices, subscriptions, users } from '../../../core/database/schema.ts'
import type { Database } from '../../../core/ports/database.ts'
import type { CustomerId, UserId } from '../../../core/run/id.ts'
import type { CheckedEvent } from '../../../core/usage/check-event.ts'
import { DAY_MS, type MeterName } from '../../../core/usage/model.ts'
import { nanoOf } from '../../../core/usage/quantity.ts'
import { type MeterProvider, meterProvider } from '../../../core/usage/testing/meter-provider.ts'
import { openTestColumn, type TestColumn } from './column.ts'

export interface UsageDesk extends TestColumn {
  readonly provider: MeterProvider
}

/** When a desk's clock stands: in the second month of the subscription that `aSubscriber` has. */
export const NOW = new Date('2026-02-10T12:30:00.000Z')
export const at = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000)

export async function openUsageDesk(): Promise<UsageDesk> {
  const provider = meterProvider()
  const column = await openTestColumn({ ports: { payments: provider } })
  column.clock.set(NOW)
  return Object.assign(column, { provider })
}

interface Subscribed {
  readonly customer: CustomerId
  readonly providerId: string
  readonly meter: MeterName
  readonly unitAmountDecimal: string | null
  readonly startedAt: Date
  readonly periodStart: Date
  readonly periodEnd: Date
}

const digits = (n: number) => n.toString(16).padStart(32, '0')
export const userId = (n: number) => `usr_${digits(n)}` as UserId
export const tenantId = (n: number) => `bcu_${digits(n)}` as CustomerId

export async function aUser(db: Database, n: number): Promise<UserId> {
  const facts = { email: `person${n}@example.org`, name: 'Ada', passwordHash: 'x', createdAt: NOW }
  await db
    .insert(users)
    .values({ id: userId(n), ...facts })
    .onConflictDoNothing()
  return userId(n)
}

/** User and customer number n. */
export async function aCustomer(db: Database, n: number, providerId: string | null): Promise<CustomerId> {
  await aUser(db, n)
  const facts = { provider: 'stripe' as const, email: `person${n}@example.org`, createdAt: NOW }
  await db.insert(billingCustomers).values({ id: tenantId(n), userId: userId(n), providerId, ...facts })
  return tenantId(n)
}

/** A customer with a subscription to a metered price, since 1 January, in the period of February. */
export async function aSubscriber(db: Database, n = 1, facts: Partial<Subscribed> = {}): Promise<CustomerId> {
  const meter = facts.meter ?? 'api_requests'
  const providerId = facts.providerId ?? `cus_${n}`
  const customer = facts.customer ?? (await aCustomer(db, n, providerId))
  const start = facts.periodStart ?? new Date('2026-02-01T00:00:00.000Z')
  const end = facts.periodEnd ?? new Date(start.getTime() + 28 * DAY_MS)
  const syncedAt = start
  const common = { provider: 'stripe' as const, currency: currencyOf('eur'), syncedAt }
  const amount = facts.unitAmountDecimal === undefined ? '0.5' : facts.unitAmountDecimal
  await db.insert(planPrices).values({
    ...common,
    ...{ id: `price_${n}_${meter}`, planId: 'prod_1', interval: 'month', intervalCount: 1, meter },
    ...{ unitAmountDecimal: amount, otherCurrencies: {}, active: true },
  })
  await db.insert(subscriptions).values({
    ...common,
    ...{
      id: `sub_${n}_${meter}`,
      providerCustomerId: providerId,
      status: 'active',
      cancelAtPeriodEnd: false,
    },
    startedAt: facts.startedAt ?? new Date('2026-01-01T00:00:00.000Z'),
    periodEnd: end,
    items: [
      {
        ...{ id: `si_${n}`, priceId: `price_${n}_${meter}`, productId: 'prod_1', quantity: null },
        ...{ periodStart: start.toISOString(), periodEnd: end.toISOString() },
      },
    ],
  })
  return customer
}

let made = 0
/** An event of one request an hour ago, unless told otherwise. */
export function aUse(tenant: CustomerId, facts: Partial<CheckedEvent> & { units?: string } = {}) {
  const { units = '1', ...more } = facts
  return {
    ...{
      tenant,
      source: 'app',
      id: `use-${++made}`,
      meter: 'api_requests' as const,
      quantity: nanoOf(units),
    },
    ...{ at: at(-1), subject: undefined, dimensions: undefined, ...more },
  }
}
