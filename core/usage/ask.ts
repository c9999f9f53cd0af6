import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { commit, type Emit } from '../run/emit.ts'
import { uuidOf } from '../run/id.ts'
import { HOUR_MS } from './model.ts'
import { type OpenHour, type PlannedReport, planReports } from './plan-reports.ts'
import { decimalOf, nanoOf } from './quantity.ts'
import { usageReports, usageRollups } from './schema.ts'
import type { Terms } from './terms.ts'

export type Report = typeof usageReports.$inferSelect

/** Hours that one transaction reports; the rest waits for the next one. */
const MOST_HOURS = 2000

/**
 * Decides what is to be told of a tenant's meter and writes it down, together with that it is told: from then on these
 * reports are sent until the provider has them, and nothing else is ever sent for this usage.
 */
export const askReports = (uses: Asking, ctx: Context, terms: Terms): Promise<readonly Report[]> =>
  ask(uses, ctx, terms, async (tx) => planReports(await openHours(tx, terms), terms, uses.clock.now()))

export type Asking = Uses<'db' | 'bus' | 'clock' | 'ids'>

/** Writes down what is planned; answers what is to be sent of it. */
export async function ask(
  uses: Asking,
  ctx: Context,
  terms: Terms,
  planOf: (tx: Transaction) => Promise<readonly PlannedReport[]>,
): Promise<readonly Report[]> {
  return commit(uses, ctx, async (tx, emit) => {
    const asked: Report[] = []
    for (const plan of await planOf(tx)) {
      await take(tx, terms, plan)
      asked.push(await writeReport(tx, { terms, plan, now: uses.clock.now(), emit }))
    }
    return asked.filter(({ state }) => state === 'asked')
  })
}

/** Hours with more than was told, oldest first, held until the transaction ends. */
export async function openHours(
  tx: Transaction,
  { tenant, meter, startedAt }: Terms,
): Promise<readonly OpenHour[]> {
  const rows = await tx
    .select({
      hour: usageRollups.hour,
      open: sql<string>`(${usageRollups.quantity} - ${usageRollups.reportedQuantity})::text`,
    })
    .from(usageRollups)
    .where(
      and(
        eq(usageRollups.tenant, tenant),
        eq(usageRollups.meter, meter),
        gt(usageRollups.quantity, usageRollups.reportedQuantity),
        // Usage of years before the subscription must not stand in front of what is owed.
        gt(usageRollups.hour, new Date(startedAt.getTime() - HOUR_MS)),
      ),
    )
    .orderBy(asc(usageRollups.hour))
    .limit(MOST_HOURS)
    .for('update')
  return rows.map(({ hour, open }) => ({ hour, open: nanoOf(open) }))
}

/** One statement: of a year that nobody was told of there are thousands of hours. */
async function take(tx: Transaction, { tenant, meter }: Terms, { parts }: PlannedReport): Promise<void> {
  const taken = parts.map(({ hour, taken }) => ({ hour, taken: decimalOf(taken) }))
  await tx.execute(sql`update usage_rollups r set reported_quantity = r.reported_quantity + t.taken
    from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) as t(hour timestamptz, taken numeric)
    where r.tenant = ${uuidOf(tenant)} and r.meter = ${meter} and r.hour = t.hour`)
}

interface NewReport {
  readonly terms: Terms
  readonly plan: PlannedReport
  readonly now: Date
  readonly emit: Emit
}

async function writeReport(tx: Transaction, { terms, plan, now, emit }: NewReport): Promise<Report> {
  const { tenant, meter, provider, providerCustomerId, subscriptionId, currency } = terms
  const hours = plan.parts.map((part) => part.hour)
  const [hour, fromHour] = [hours.at(-1) ?? now, hours[0] ?? now]
  const unpriced = plan.kind !== 'meter' && plan.amountMinor === null
  const [row] = await tx
    .insert(usageReports)
    .values({
      identifier: await nextIdentifier(tx, { tenant, meter, hour }),
      ...{ tenant, meter, hour, fromHour, provider, providerCustomerId, subscriptionId, currency },
      quantity: decimalOf(plan.quantity),
      kind: plan.kind,
      state: unpriced ? 'refused' : 'asked',
      refusal: unpriced ? NO_SUM : null,
      amountMinor: plan.amountMinor ?? null,
      invoiceId: plan.invoiceId ?? null,
      createdAt: now,
    })
    .returning()
  if (!row) throw new Error('a report was written and did not come back')
  if (unpriced)
    await emit({ type: 'billing.usage.refused', data: { customerId: tenant, meter, because: NO_SUM } })
  return row
}

const NO_SUM =
  'late usage cannot be billed by a line: its price has tiers or no amount in this currency, or the sum is too large'

/** `<tenant>:<meter>:<hour>:<n>`. The hour's row is locked, so nobody counts up beside us. */
export async function nextIdentifier(
  tx: Transaction,
  { tenant, meter, hour }: Pick<Report, 'tenant' | 'meter' | 'hour'>,
): Promise<string> {
  const before = await tx.$count(
    usageReports,
    and(eq(usageReports.tenant, tenant), eq(usageReports.meter, meter), eq(usageReports.hour, hour)),
  )
  return `${tenant}:${meter}:${hour.toISOString().slice(0, 13)}:${before + 1}`
}
