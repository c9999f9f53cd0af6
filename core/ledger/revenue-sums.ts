import { and, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { Currency } from '../billing/money.ts'
import { subscriptions } from '../billing/schema.ts'
import type { Db } from '../ports/database.ts'
import { ACCOUNTS, type AccountCode } from './model.ts'
import { ledgerEntries, ledgerTransactions, type revenueDays } from './schema.ts'

type Day = typeof revenueDays.$inferSelect
export type Flows = Pick<
  Day,
  'currency' | 'grossMinor' | 'refundsMinor' | 'disputesMinor' | 'feesMinor' | 'taxMinor'
>
export type Moves = Pick<Day, 'currency' | 'startedSubscriptions' | 'endedSubscriptions'>
export type Standing = Pick<Day, 'currency' | 'mrrMinor' | 'activeSubscriptions' | 'activeCustomers'>
export interface Span {
  readonly from: Date
  /** Not with it. */
  readonly to: Date
}

/** What was booked as of a time: gross is income of all kinds, before what was paid back of it. */
export async function flowsOf(db: Db, { from, to }: Span): Promise<readonly Flows[]> {
  const { currency } = ledgerEntries
  return db
    .select({
      currency,
      grossMinor: sumOf(accountsOf('income'), -1),
      refundsMinor: sumOf(accountsOf('contra-income'), 1),
      disputesMinor: sumOf(['disputes'], 1),
      feesMinor: sumOf(['fees'], 1),
      taxMinor: sumOf(['tax-payable'], -1),
    })
    .from(ledgerTransactions)
    .innerJoin(ledgerEntries, eq(ledgerEntries.transactionId, ledgerTransactions.id))
    .where(and(gte(ledgerTransactions.effectiveAt, from), lt(ledgerTransactions.effectiveAt, to)))
    .groupBy(currency)
}

/** Subscriptions that began and ended in the span. One that was never paid for has not begun. */
export async function movesOf(db: Db, { from, to }: Span): Promise<readonly Moves[]> {
  const { currency, startedAt, endedAt } = subscriptions
  const within = (column: typeof startedAt | typeof endedAt) => and(gte(column, from), lt(column, to))
  return db
    .select({
      currency,
      startedSubscriptions: counted(within(startedAt)),
      endedSubscriptions: counted(within(endedAt)),
    })
    .from(subscriptions)
    .where(sql`${subscriptions.status} not in ('incomplete', 'incomplete_expired')`)
    .groupBy(currency)
}

/**
 * Monthly recurring revenue of the subscriptions that run at an instant and are not on trial, at today's prices: what is
 * sold by year counts a twelfth, metered prices count nothing, discounts and taxes are not in it. Rounded a line.
 */
export async function standingAt(db: Db, at: Date): Promise<readonly Standing[]> {
  const found = await db.execute(sql`
    select s.currency, count(distinct s.id)::int as subscriptions,
      count(distinct (s.provider, s.provider_customer_id))::int as customers,
      coalesce(sum(round(
        (case when p.currency = s.currency then p.unit_amount_minor
          else (p.other_currencies ->> s.currency)::bigint end)::numeric
        * coalesce((item ->> 'quantity')::int, 1)
        * (case p.interval when 'day' then 365 when 'week' then 52 when 'month' then 12 when 'year' then 1 end)
        / (12 * p.interval_count)
      )), 0)::text as mrr
    from subscriptions s
    cross join lateral jsonb_array_elements(s.items) as item
    left join plan_prices p on p.provider = s.provider and p.id = item ->> 'priceId' and p.meter is null
    where s.started_at < ${at.toISOString()}::timestamptz
      and (s.ended_at is null or s.ended_at >= ${at.toISOString()}::timestamptz)
      and (s.trial_end is null or s.trial_end < ${at.toISOString()}::timestamptz)
      and s.status not in ('incomplete', 'incomplete_expired', 'paused', 'unpaid')
    group by s.currency`)
  return (found as unknown as { rows: StandingRow[] }).rows.map((row) => ({
    currency: row.currency,
    mrrMinor: Number(row.mrr),
    activeSubscriptions: row.subscriptions,
    activeCustomers: row.customers,
  }))
}

interface StandingRow {
  readonly currency: Currency
  readonly subscriptions: number
  readonly customers: number
  readonly mrr: string
}

const accountsOf = (kind: (typeof ACCOUNTS)[AccountCode]): AccountCode[] =>
  (Object.keys(ACCOUNTS) as AccountCode[]).filter((code) => ACCOUNTS[code] === kind)
const sumOf = (accounts: readonly AccountCode[], sign: 1 | -1) =>
  sql<number>`coalesce(${sql.raw(String(sign))} * sum(${ledgerEntries.amountMinor}) filter (where ${inArray(
    ledgerEntries.account,
    [...accounts],
  )}), 0)`.mapWith(Number)
const counted = (when: SQL | undefined) =>
  sql<number>`count(*) filter (where ${when ?? sql`true`})`.mapWith(Number)
