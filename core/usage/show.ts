import { type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import { invalid } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'
import { type CustomerId, uuidOf } from '../run/id.ts'
import { DAY_MS, hourOf, isMeter, METER_NAMES, METERS, type MeterName } from './model.ts'
import { decimalOf, nanoOf } from './quantity.ts'
import { type Terms, termsOf } from './terms.ts'
import type { MeterUsage, Usage, UsagePoint, UsageQuery } from './wire.ts'

type Step = 'hour' | 'day'
/** A chart of more would be no chart. */
const LONGEST_DAYS: Readonly<Record<Step, number>> = { hour: 31, day: 366 }

/** What a tenant used: sums by hour or day, and those of the billing period. Nobody yet has used nothing. */
export async function showUsage(
  { db, clock }: Uses<'db' | 'clock'>,
  tenant: CustomerId | undefined,
  query: UsageQuery,
): Promise<Usage> {
  const now = clock.now()
  const terms = tenant === undefined ? [] : await termsOf(db, tenant)
  const period = periodOf(terms[0], now)
  const asked = rangeOf(query, { start: period.start, now })
  const names = query.meter !== undefined && isMeter(query.meter) ? [query.meter] : METER_NAMES
  const rows = tenant === undefined ? [] : await points(db, tenant, asked)
  const totals = tenant === undefined ? [] : await sums(db, tenant, terms, period)
  const meters = names.map((meter) => meterUsage(meter, { terms, rows, totals }))
  const { from, to, step } = asked
  return { period: textOf(period), from: from.toISOString(), to: to.toISOString(), step, meters }
}

interface Span {
  readonly start: Date
  readonly end: Date
}
const textOf = ({ start, end }: Span) => ({ start: start.toISOString(), end: end.toISOString() })

function periodOf(terms: Terms | undefined, now: Date): Span {
  if (terms) return { start: terms.periodStart, end: terms.periodEnd }
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()]
  return { start: new Date(Date.UTC(year, month)), end: new Date(Date.UTC(year, month + 1)) }
}

interface Asked {
  readonly from: Date
  readonly to: Date
  readonly step: Step
}

function rangeOf({ from, to, step = 'day' }: UsageQuery, { start, now }: { start: Date; now: Date }): Asked {
  const asked = { from: from ? new Date(from) : start, to: to ? new Date(to) : now, step }
  const length = asked.to.getTime() - asked.from.getTime()
  // Years that PostgreSQL does not read from ISO 8601: 0, and those of five digits.
  if (asked.from < EARLIEST) throw wrong('from', 'too_old', 'may not be before 1970')
  if (asked.to > LATEST) throw wrong('to', 'too_new', 'may not be after 9999')
  if (length < 0) throw wrong('to', 'order', 'may not come before from')
  if (length > LONGEST_DAYS[step] * DAY_MS)
    throw wrong('from', 'too_long', `may be ${LONGEST_DAYS[step]} days before to at most`)
  return asked
}

const EARLIEST = new Date(0)
const LATEST = new Date('9999-12-31T23:59:59.999Z')

const wrong = (field: string, rule: string, message: string) =>
  invalid([{ field: `query.${field}`, rule, message }])

interface Sum {
  readonly meter: MeterName
  readonly quantity: string
}
interface PointRow extends Sum {
  readonly at: string
}

/** Whole hours: the one that `from` lies in is part of it. */
const points = (db: Uses<'db'>['db'], tenant: CustomerId, { from, to, step }: Asked) =>
  rowsOf<PointRow>(
    db,
    sql`select meter, (extract(epoch from date_trunc(${step}::text, hour, 'UTC')) * 1000)::bigint::text as at,
        sum(quantity)::text as quantity
      from usage_rollups where tenant = ${uuidOf(tenant)}::uuid and hour >= ${instantOf(hourOf(from))}
        and hour < ${instantOf(to)} and quantity > 0
      group by 1, 2 order by 2, 1`,
  )

/** Each meter over its own period: a plan may bill one by the month and another by the year. */
async function sums(
  db: Uses<'db'>['db'],
  tenant: CustomerId,
  terms: readonly Terms[],
  period: Span,
): Promise<readonly Sum[]> {
  const starts = METER_NAMES.map((meter) => ({
    meter,
    start: hourOf(terms.find((one) => one.meter === meter)?.periodStart ?? period.start).toISOString(),
  }))
  return rowsOf<Sum>(
    db,
    sql`select r.meter, sum(r.quantity)::text as quantity from usage_rollups r
      join jsonb_to_recordset(${JSON.stringify(starts)}::jsonb) as s(meter text, start timestamptz) on s.meter = r.meter
      where r.tenant = ${uuidOf(tenant)}::uuid and r.hour >= s.start group by r.meter`,
  )
}

const instantOf = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`

interface Found {
  readonly terms: readonly Terms[]
  readonly rows: readonly PointRow[]
  readonly totals: readonly Sum[]
}

function meterUsage(meter: MeterName, { terms, rows, totals }: Found): MeterUsage {
  const price = terms.find((one) => one.meter === meter)
  const priced =
    price?.unitAmountDecimal == null
      ? {}
      : { unitAmountDecimal: price.unitAmountDecimal, currency: price.currency }
  return {
    meter,
    name: METERS[meter].says,
    unit: METERS[meter].unit,
    total: shortest(totals.find((sum) => sum.meter === meter)?.quantity ?? '0'),
    ...priced,
    points: rows.filter((row) => row.meter === meter).map(pointOf),
  }
}

const pointOf = ({ at, quantity }: PointRow): UsagePoint => ({
  at: new Date(Number(at)).toISOString(),
  quantity: shortest(quantity),
})

const shortest = (decimal: string) => decimalOf(nanoOf(decimal))
