import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Provider } from '../billing/provider-objects.ts'
import { idColumn, instant } from '../database/columns.ts'

/**
 * `received`: waits. `leased`: a worker has it until `lease_until`. `done`: had its effect, or had none to have.
 * `dead`: failed too often. `quarantined`: not for this account or mode. `discarded`: an operator said so.
 */
export type WebhookState = 'received' | 'leased' | 'done' | 'dead' | 'quarantined' | 'discarded'
/** How it came. */
export type WebhookSource = 'live' | 'bus' | 'backfill'

/** Every event of a payment provider that came, once. The rows are the queue, too. */
export const webhookInbox = pgTable(
  'webhook_inbox',
  {
    id: idColumn('whk')('id').primaryKey(),
    provider: text('provider').$type<Provider>().notNull(),
    /** What the same occurrence has in common over all forms that it comes in. */
    dedupeId: text('dedupe_id').notNull(),
    eventId: text('event_id').notNull(),
    type: text('type').notNull(),
    objectKind: text('object_kind'),
    /** By what it is locked and fetched; replaced by the object's own id where the event named a part of it. */
    objectId: text('object_id'),
    accountId: text('account_id'),
    livemode: boolean('livemode').notNull(),
    source: text('source').$type<WebhookSource>().notNull(),
    state: text('state').$type<WebhookState>().notNull(),
    attempts: integer('attempts').notNull().default(0),
    /** When it may be taken: of a leased one when its lease ends, so that one index finds both. */
    availableAt: instant('available_at').notNull(),
    leaseUntil: instant('lease_until'),
    /** Fences a worker that lost its lease. */
    leaseToken: text('lease_token'),
    lastError: text('last_error'),
    /** Stripped of persons after some weeks; the hash stays. */
    payload: jsonb('payload'),
    payloadHash: text('payload_hash').notNull(),
    /** Who put it back or discarded it, when and why: nobody does so in silence. */
    note: text('note'),
    notedBy: text('noted_by'),
    notedAt: instant('noted_at'),
    occurredAt: instant('occurred_at').notNull(),
    receivedAt: instant('received_at').notNull(),
    settledAt: instant('settled_at'),
  },
  (t) => [
    uniqueIndex('webhook_inbox_once').on(t.provider, t.dedupeId),
    index('webhook_inbox_waiting').on(t.availableAt, t.id).where(sql`state in ('received', 'leased')`),
    index('webhook_inbox_of_object').on(t.provider, t.objectId).where(sql`state in ('received', 'leased')`),
    index('webhook_inbox_troubled').on(t.receivedAt).where(sql`state in ('dead', 'quarantined')`),
    index('webhook_inbox_by_age').on(t.receivedAt),
  ],
)

/** One worker at a time may fetch and write an object. */
export const webhookObjects = pgTable(
  'webhook_objects',
  {
    provider: text('provider').$type<Provider>().notNull(),
    objectId: text('object_id').notNull(),
    leaseToken: text('lease_token').notNull(),
    leaseUntil: instant('lease_until').notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.objectId] })],
)

/** How far a backfill or a reconciliation came. */
export const billingCursors = pgTable('billing_cursors', {
  name: text('name').primaryKey(),
  position: text('position').notNull(),
  updatedAt: instant('updated_at').notNull(),
})
