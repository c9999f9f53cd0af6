import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { rowsOf } from '../database/rows.ts'
import type { Uses } from '../ports/ports.ts'
import { uuidOf } from '../run/id.ts'
import type { InboxRef } from './model.ts'

/** An object that shall be fetched, though the provider has not said so. */
export interface Asked {
  readonly ref: InboxRef
  readonly eventId: string
  readonly type: string
}

/**
 * Puts objects of our own asking into the inbox; answers how many wait because of it. One that is done is opened again: an
 * object may come back to a state that it had before. One that is dead stays for the operator.
 */
export async function acceptRefs(
  { db, clock, ids, config }: Uses<'db' | 'clock' | 'ids' | 'config'>,
  asked: readonly Asked[],
): Promise<number> {
  if (asked.length === 0) return 0
  const now = clock.now().toISOString()
  // In the order of the key: two at once with the same ones in opposite order would end in a deadlock.
  const sorted = asked.toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1))
  const values = sorted.map(({ ref, eventId, type }) => {
    const hash = createHash('sha256').update(eventId).digest('hex')
    return sql`(${uuidOf(`whk_${ids.uuid().replaceAll('-', '')}`)}, ${ref.provider}, ${eventId}, ${eventId}, ${type},
      ${ref.kind}, ${ref.id}, ${ref.accountId}, ${config.billingLivemode}, 'backfill', 'received', ${now}, ${hash},
      ${now}, ${now})`
  })
  const rows = await rowsOf(
    db,
    sql`insert into webhook_inbox as i (id, provider, dedupe_id, event_id, type, object_kind, object_id, account_id,
      livemode, source, state, available_at, payload_hash, occurred_at, received_at)
      values ${sql.join(values, sql`, `)}
      on conflict (provider, dedupe_id) do update
        set state = 'received', attempts = 0, available_at = excluded.available_at, settled_at = null
        where i.state = 'done'
      returning i.id`,
  )
  return rows.length
}

const keyOf = ({ ref, eventId }: Asked) => `${ref.provider} ${eventId}`
