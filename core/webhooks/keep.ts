import { sql } from 'drizzle-orm'
import type { ProviderEvent } from '../billing/provider-objects.ts'
import { rowsOf } from '../database/rows.ts'
import type { Database } from '../ports/database.ts'
import { idFromUuid, uuidOf, type WebhookId } from '../run/id.ts'
import { type GroupLimits, inGroups } from './group.ts'
import type { WebhookSource, WebhookState } from './schema.ts'

/** An event as it goes into the inbox. */
export interface NewRow {
  readonly id: WebhookId
  readonly event: ProviderEvent
  readonly state: WebhookState
  readonly source: WebhookSource
  readonly payload: string | null
  readonly payloadHash: string
  readonly receivedAt: string
}

/** The events of one delivery: they are kept together or not at all. */
interface Delivery {
  readonly rows: readonly NewRow[]
  readonly weight: number
}
/** The ids of the rows that are new. */
type Kept = ReadonlySet<WebhookId>

/**
 * Of the pool's 16 connections four at once, so that the database works while we verify; more would make the groups
 * smaller. By their weight the rows of a group stay below PostgreSQL's 65,535 parameters, too.
 */
const LIMITS: GroupLimits = { items: 64, weight: 1_048_576, underWay: 4 }
/** What a row weighs besides its payload, about. */
const ROW_BYTES = 500

const keepers = new WeakMap<Database, (delivery: Delivery) => Promise<Kept>>()

/**
 * Writes the rows of one delivery, together with those of others that come at the same moment: a commit of its own for
 * each costs most of the time that a webhook takes. Once it resolves the rows are durable; answers the ids of the new ones.
 */
export function keepRows(db: Database, rows: readonly NewRow[]): Promise<Kept> {
  const keep = keepers.get(db) ?? inGroups(insertInto(db), LIMITS)
  keepers.set(db, keep)
  return keep({
    rows,
    weight: rows.reduce((sum, { payload }) => sum + ROW_BYTES + (payload?.length ?? 0), 0),
  })
}

const insertInto = (db: Database) => (deliveries: readonly Delivery[]) =>
  insert(
    db,
    deliveries.flatMap(({ rows }) => rows),
  )

/**
 * Written by hand: drizzle's builder took longer to make this statement than PostgreSQL to run it. In the order of the key:
 * two statements with the same events in opposite order would wait for each other, and one be ended as a deadlock.
 */
async function insert(db: Database, rows: readonly NewRow[]): Promise<Kept> {
  const values = rows.toSorted(byKey).map(valuesOf)
  const statement = sql`insert into webhook_inbox (id, provider, dedupe_id, event_id, type, object_kind, object_id,
    account_id, livemode, source, state, available_at, payload, payload_hash, occurred_at, received_at, settled_at)
    values ${sql.join(values, sql`, `)} on conflict (provider, dedupe_id) do nothing returning id`
  const added = await rowsOf<{ readonly id: string }>(db, statement).catch(withoutPayload)
  return new Set(added.map(({ id }) => idFromUuid('whk', id)))
}

const keyOf = ({ event }: NewRow) => `${event.provider} ${event.dedupeId}`
/** By code units: each instance must come to the same order, whatever its locale. */
function byKey(a: NewRow, b: NewRow): number {
  const [left, right] = [keyOf(a), keyOf(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function valuesOf({ id, event, state, source, payload, payloadHash, receivedAt }: NewRow) {
  const { provider, dedupeId, eventId, type, about, livemode, account, createdAt } = event
  const settledAt = state === 'done' ? receivedAt : null
  return sql`(${uuidOf(id)}, ${provider}, ${dedupeId}, ${eventId}, ${type}, ${about?.kind ?? null}, ${about?.id ?? null},
    ${about?.accountId ?? account}, ${livemode}, ${source}, ${state}, ${receivedAt}, ${payload}, ${payloadHash},
    ${createdAt.toISOString()}, ${receivedAt}, ${settledAt})`
}

/** drizzle's message repeats all that was sent, and with it the payload: the database's own error says enough. */
function withoutPayload(error: unknown): never {
  throw new Error('webhooks could not be kept', { cause: error instanceof Error ? error.cause : undefined })
}
