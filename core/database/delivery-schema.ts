import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { idColumn, instant } from './columns.ts'

/** Events that committed with the state they tell of. The relay publishes and deletes them. */
export const outbox = pgTable(
  'outbox',
  {
    id: idColumn('evt')('id').primaryKey(),
    type: text('type').notNull(),
    subject: text('subject'),
    /** Only for this function: an event that it postponed. Otherwise for whoever subscribes. */
    consumer: text('consumer'),
    data: jsonb('data').notNull(),
    traceparent: text('traceparent'),
    /** Whole event of a postponed one: its source and time are not ours to make. */
    envelope: jsonb('envelope'),
    createdAt: instant('created_at').notNull(),
    attempts: integer('attempts').notNull().default(0),
    availableAt: instant('available_at').notNull(),
    publishedAt: instant('published_at'),
  },
  (t) => [index('outbox_waiting').on(t.availableAt, t.id).where(sql`published_at is null`)],
)

/** What a consumer has handled: a repetition finds its row and changes nothing. */
export const inbox = pgTable(
  'inbox',
  {
    consumer: text('consumer').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    handledAt: instant('handled_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.consumer, t.source, t.eventId] })],
)

/** Deliveries that ended in `retry`, where the platform does not count them. A row goes when the event is settled. */
export const deliveryAttempts = pgTable(
  'delivery_attempts',
  {
    consumer: text('consumer').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    attempts: integer('attempts').notNull(),
    lastAt: instant('last_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.consumer, t.source, t.eventId] }),
    index('delivery_attempts_by_age').on(t.lastAt),
  ],
)

/** What a consumer dropped, failed too often or could not read, whole, to be replayed: an event, or a foreign message. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: idColumn('evt')('id').primaryKey(),
    consumer: text('consumer').notNull(),
    envelope: jsonb('envelope'),
    /** `{body, encoding}` of a message that is no event of ours. */
    foreignMessage: jsonb('foreign_message'),
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull(),
    replayedAt: instant('replayed_at'),
  },
  (t) => [
    index('dead_letters_waiting').on(t.createdAt).where(sql`replayed_at is null`),
    check('dead_letters_one', sql`num_nonnulls(${t.envelope}, ${t.foreignMessage}) = 1`),
  ],
)
