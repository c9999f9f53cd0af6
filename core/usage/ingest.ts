import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Db } from '../ports/database.ts'
import { type CustomerId, uuidOf } from '../run/id.ts'
import { type CheckedEvent, hashOf } from './check-event.ts'
import { decimalOf } from './quantity.ts'

export type Ingested = 'accepted' | 'duplicate' | 'conflict'

/** One tenant's event, or several tenants' in one statement. */
export interface TenantEvent extends CheckedEvent {
  readonly tenant: CustomerId
}

/**
 * Writes what is not there yet, in one statement: an event's identity is taken together with the event or not at all, so
 * nothing is claimed that is not counted, and of two equal batches at once each event is written by one.
 * Answers in the order of the events.
 */
export async function ingest(
  db: Db,
  events: readonly TenantEvent[],
  receivedAt: Date,
): Promise<readonly Ingested[]> {
  const items = events.map((event) => ({ event, key: keyOf(event), hash: hashOf(event) }))
  // Of one identity twice in a batch the first counts.
  const firsts = [...new Map(items.toReversed().map((item) => [item.key, item])).values()]
  const written = await write(db, firsts, receivedAt)
  const met = firsts.filter(({ key }) => !written.has(key))
  const stored = met.length === 0 ? new Map<string, string>() : await hashes(db, met)
  for (const { key, hash } of firsts) if (written.has(key)) stored.set(key, hash)
  return items.map((item) => {
    if (stored.get(item.key) !== item.hash) return 'conflict'
    // Accepted is the very one that was written; all further ones of its identity were met by it.
    return written.has(item.key) && firsts.includes(item) ? 'accepted' : 'duplicate'
  })
}

interface Item {
  readonly event: TenantEvent
  readonly key: string
  readonly hash: string
}

const keyOf = ({ tenant, source, id }: TenantEvent) => JSON.stringify([uuidOf(tenant), source, id])

/** Keys in one order, so that two batches at once wait for each other and never lock each other out. */
async function write(db: Db, items: readonly Item[], receivedAt: Date): Promise<ReadonlySet<string>> {
  const rows = await rowsOf<{ tenant: string; source: string; event_id: string }>(
    db,
    sql`with item as (
      select * from jsonb_to_recordset(${recordset(items)}::jsonb) as item(tenant uuid, source text, event_id text,
        payload_hash text, meter text, quantity numeric(30, 9), subject text, dimensions jsonb, at timestamptz)
    ), fresh as (
      insert into usage_event_keys (tenant, source, event_id, payload_hash)
      select tenant, source, event_id, payload_hash from item order by tenant, source, event_id
      on conflict do nothing returning tenant, source, event_id
    )
    insert into usage_events (tenant, source, event_id, meter, quantity, subject, dimensions, at, received_at)
    select tenant, source, event_id, meter, quantity, subject, dimensions, at, ${receivedAt.toISOString()}::timestamptz
    from item join fresh using (tenant, source, event_id)
    returning tenant, source, event_id`,
  )
  return new Set(rows.map(keyOfRow))
}

const recordset = (items: readonly Item[]): string =>
  JSON.stringify(
    items.map(({ event, hash }) => ({
      tenant: uuidOf(event.tenant),
      source: event.source,
      event_id: event.id,
      payload_hash: hash,
      meter: event.meter,
      quantity: decimalOf(event.quantity),
      subject: event.subject ?? null,
      dimensions: event.dimensions ?? null,
      at: event.at.toISOString(),
    })),
  )

async function hashes(db: Db, items: readonly Item[]): Promise<Map<string, string>> {
  const rows = await rowsOf<{ tenant: string; source: string; event_id: string; payload_hash: string }>(
    db,
    sql`select k.* from usage_event_keys k
      join jsonb_to_recordset(${recordset(items)}::jsonb) as item(tenant uuid, source text, event_id text)
        using (tenant, source, event_id)`,
  )
  return new Map(rows.map((row) => [keyOfRow(row), row.payload_hash]))
}

const keyOfRow = (row: { tenant: string; source: string; event_id: string }) =>
  JSON.stringify([row.tenant.replaceAll('-', ''), row.source, row.event_id])
