import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from '../run/context.ts'

/** Events that one statement counts. */
const BATCH = 2000

/** Counts all events that wait into their hours, however late they came. Answers how many there were. */
export async function rollUp(
  uses: Uses<'db' | 'clock'>,
  { signal }: Pick<Context, 'signal'>,
  batch = BATCH,
): Promise<number> {
  let counted = 0
  while (!signal.aborted) {
    const now = await countBatch(uses, batch)
    counted += now
    if (now === 0) break
  }
  return counted
}

/**
 * One statement is one transaction: an event is marked as counted exactly when its hour has grown by it, wherever this is
 * cut off. An event that another aggregator holds is skipped. Hours grow in one order, so that nobody locks anybody out.
 */
async function countBatch({ db, clock }: Uses<'db' | 'clock'>, batch: number): Promise<number> {
  const now = clock.now().toISOString()
  const [row] = await rowsOf<{ counted: string }>(
    db,
    sql`with held as (
      select sequence from usage_events where counted_at is null
      order by sequence limit ${batch} for update skip locked
    ), marked as (
      update usage_events e set counted_at = ${now}::timestamptz from held
      where e.sequence = held.sequence and e.counted_at is null
      returning e.tenant, e.meter, date_trunc('hour', e.at, 'UTC') as hour, e.quantity
    ), grown as (
      insert into usage_rollups as r (tenant, meter, hour, quantity, events, reported_quantity, updated_at)
      select tenant, meter, hour, sum(quantity), count(*), 0, ${now}::timestamptz from marked
      group by tenant, meter, hour order by tenant, meter, hour
      on conflict (tenant, meter, hour) do update set quantity = r.quantity + excluded.quantity,
        events = r.events + excluded.events, updated_at = excluded.updated_at
      returning 1
    )
    select count(*) as counted from marked`,
  )
  return Number(row?.counted ?? 0)
}
