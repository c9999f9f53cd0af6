import { and, asc, eq, gte, lte, sql } from 'drizzle-orm'
import type { Currency } from '../billing/money.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'
import { flowsOf, movesOf, standingAt } from './revenue-sums.ts'
import { ledgerTransactions, revenueDays } from './schema.ts'

/** `2026-01-31`, in UTC. */
export type Day = string
export type RevenueDay = typeof revenueDays.$inferSelect

const DAY_MS = 86_400_000
export const dayOf = (at: Date): Day => at.toISOString().slice(0, 10)
export const startOf = (day: Day): Date => new Date(`${day}T00:00:00.000Z`)
const endOf = (day: Day): Date => new Date(startOf(day).getTime() + DAY_MS)

/**
 * Makes the figures of a day again, in each currency that has any. What flowed follows from the ledger and may be made at any
 * time. What stood at the day's end (recurring revenue, subscriptions) follows from the mirror, which knows only the present:
 * once it was taken after the day's end, it stays.
 */
export async function projectRevenueDay({ db, clock }: Uses<'db' | 'clock'>, day: Day): Promise<void> {
  const now = clock.now()
  const [span, end] = [{ from: startOf(day), to: endOf(day) }, endOf(day)]
  const flows = byCurrency(await flowsOf(db, span))
  const moves = byCurrency(await movesOf(db, span))
  const standing = byCurrency(await standingAt(db, new Date(Math.min(end.getTime(), now.getTime()))))
  const kept = byCurrency(await db.select().from(revenueDays).where(eq(revenueDays.day, day)))
  const currencies = new Set([...flows.keys(), ...moves.keys(), ...standing.keys(), ...kept.keys()])
  for (const currency of [...currencies].sort()) {
    const before = kept.get(currency)
    const closed = before && before.computedAt >= end ? standingOf(before) : undefined
    const figures = {
      ...ZERO,
      ...flows.get(currency),
      ...moves.get(currency),
      ...(closed ?? standing.get(currency)),
    }
    const row = { day, ...figures, currency, computedAt: now }
    await db
      .insert(revenueDays)
      .values(row)
      .onConflictDoUpdate({ target: [revenueDays.day, revenueDays.currency], set: row })
  }
}

/** Projects today, yesterday and every day of which something was booked since its figures were made. */
export async function projectRevenue(uses: Uses<'db' | 'clock'>, ctx: Context): Promise<void> {
  const now = uses.clock.now()
  const days = new Set([...(await staleDays(uses)), dayOf(new Date(now.getTime() - DAY_MS)), dayOf(now)])
  for (const day of [...days].sort()) {
    if (ctx.signal.aborted) return
    await projectRevenueDay(uses, day)
  }
}

export const revenueBetween = (
  { db }: Uses<'db'>,
  { from, to, currency }: { readonly from: Day; readonly to: Day; readonly currency: Currency },
): Promise<RevenueDay[]> =>
  db
    .select()
    .from(revenueDays)
    .where(and(gte(revenueDays.day, from), lte(revenueDays.day, to), eq(revenueDays.currency, currency)))
    .orderBy(asc(revenueDays.day))

/** A booking has the time of its transaction's beginning, and is seen once that is committed. Much longer than any takes. */
const COMMITTED_WITHIN = '10 minutes'

async function staleDays({ db }: Uses<'db'>): Promise<readonly Day[]> {
  const day = sql<string>`to_char(${ledgerTransactions.effectiveAt} at time zone 'UTC', 'YYYY-MM-DD')`
  const made = db
    .select({ day: revenueDays.day, at: sql<Date>`min(${revenueDays.computedAt})`.as('at') })
    .from(revenueDays)
    .groupBy(revenueDays.day)
    .as('made')
  const rows = await db
    .selectDistinct({ day })
    .from(ledgerTransactions)
    .leftJoin(made, sql`${made.day} = (${ledgerTransactions.effectiveAt} at time zone 'UTC')::date`)
    .where(
      sql`${made.at} is null or ${ledgerTransactions.createdAt} >= ${made.at} - ${COMMITTED_WITHIN}::interval`,
    )
  return rows.map((row) => row.day)
}

const ZERO = {
  grossMinor: 0,
  refundsMinor: 0,
  disputesMinor: 0,
  feesMinor: 0,
  taxMinor: 0,
  mrrMinor: 0,
  activeSubscriptions: 0,
  activeCustomers: 0,
  startedSubscriptions: 0,
  endedSubscriptions: 0,
}
const standingOf = ({ mrrMinor, activeSubscriptions, activeCustomers }: RevenueDay) => ({
  mrrMinor,
  activeSubscriptions,
  activeCustomers,
})
const byCurrency = <T extends { readonly currency: Currency }>(rows: readonly T[]) =>
  new Map(rows.map((row) => [row.currency, row]))
