import { type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Database, Db } from '../ports/database.ts'
import { type CustomerId, idFromUuid } from '../run/id.ts'
import type { MeterName } from './model.ts'

/** Hours from `from` to before `to`. */
export interface Range {
  readonly from: Date
  readonly to: Date
}

/** An hour whose sum is not that of its events. */
export interface RollupDifference {
  readonly tenant: CustomerId
  readonly meter: MeterName
  readonly hour: Date
  /** Decimal text: of the events that were counted, and of the hour. */
  readonly raw: string
  readonly rolledUp: string
}

/** Sums the events again and answers each hour that says something else. Changes nothing. */
export async function compareRollups(db: Db, range: Range): Promise<readonly RollupDifference[]> {
  const rows = await rowsOf<{ tenant: string; meter: MeterName; hour: string; raw: string; rolled: string }>(
    db,
    sql`select tenant, meter, hour::text, coalesce(raw.quantity, 0)::text as raw,
        coalesce(rolled.quantity, 0)::text as rolled
      from (${rawSums(range)}) raw
      full join (select * from usage_rollups where ${inRange(sql`hour`, range)}) rolled using (tenant, meter, hour)
      where coalesce(raw.quantity, 0) <> coalesce(rolled.quantity, 0) or coalesce(raw.events, 0) <> coalesce(rolled.events, 0)
      order by tenant, meter, hour`,
  )
  return rows.map(({ tenant, meter, hour, raw, rolled }) => ({
    tenant: idFromUuid('bcu', tenant),
    meter,
    hour: new Date(hour),
    raw,
    rolledUp: rolled,
  }))
}

/**
 * Writes the hours again from their events; answers how many were wrong. What was reported stays as it is: an hour that
 * turns out larger is reported further, one that turns out smaller is left, since no usage takes usage back.
 */
export async function recomputeRollups(db: Database, range: Range): Promise<number> {
  return db.transaction(async (tx) => {
    // Aggregators wait: one between the sums and their writing would be lost.
    await tx.execute(sql`lock table usage_rollups in share row exclusive mode`)
    const wrong = await compareRollups(tx, range)
    if (wrong.length === 0) return 0
    await tx.execute(sql`insert into usage_rollups as r (tenant, meter, hour, quantity, events, reported_quantity, updated_at)
      select tenant, meter, hour, quantity, events, 0, latest from (${rawSums(range)}) raw
      on conflict (tenant, meter, hour) do update
        set quantity = excluded.quantity, events = excluded.events, updated_at = excluded.updated_at`)
    await tx.execute(sql`update usage_rollups r set quantity = 0, events = 0
      where ${inRange(sql`r.hour`, range)} and not exists (select from (${rawSums(range)}) raw
        where raw.tenant = r.tenant and raw.meter = r.meter and raw.hour = r.hour)`)
    return wrong.length
  })
}

const rawSums = (range: Range): SQL => sql`
  select tenant, meter, date_trunc('hour', at, 'UTC') as hour, sum(quantity) as quantity, count(*)::int as events,
    max(counted_at) as latest
  from usage_events where counted_at is not null and ${inRange(sql`date_trunc('hour', at, 'UTC')`, range)}
  group by 1, 2, 3`

const inRange = (hour: SQL, { from, to }: Range): SQL =>
  sql`${hour} >= ${from.toISOString()}::timestamptz and ${hour} < ${to.toISOString()}::timestamptz`
