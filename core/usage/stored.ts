import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import { hourOf } from './model.ts'
import { payerOf } from './tenant.ts'

/**
 * Counts what every customer keeps in this hour: the length of all films that can be played. Once an hour, however often
 * it runs; an hour in which it did not run at all is not counted, since nobody knows what was stored then.
 * One statement for all, with the same promise as `ingest`.
 */
export async function meterStored({ db, clock }: Uses<'db' | 'clock'>): Promise<number> {
  const now = clock.now()
  const hour = hourOf(now).toISOString()
  const id = `stored:${hour.slice(0, 13)}`
  // Milliseconds first: a length is kept as a float, and sums of floats depend on their order.
  const [row] = await rowsOf<{ written: string }>(
    db,
    sql`with item as (
      select tenant, round(sum(ms) / 60000, 9) as quantity from (
        select ${payerOf(sql`v.owner_id`)} as tenant, sum(round(v.duration_seconds::numeric * 1000)) as ms
        from videos v
        where v.deleted_at is null and v.status in ('playable', 'ready') and v.duration_seconds > 0
        group by v.owner_id
      ) kept where tenant is not null group by tenant
    ), fresh as (
      insert into usage_event_keys (tenant, source, event_id, payload_hash)
      select tenant, 'platform', ${id}::text, ${id}::text from item order by tenant
      on conflict do nothing returning tenant
    ), written as (
      insert into usage_events (tenant, source, event_id, meter, quantity, at, received_at)
      select tenant, 'platform', ${id}::text, 'minutes_stored', quantity, ${hour}::timestamptz,
        ${now.toISOString()}::timestamptz
      from item join fresh using (tenant) returning 1
    )
    select count(*) as written from written`,
  )
  return Number(row?.written ?? 0)
}
