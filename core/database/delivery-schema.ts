import { sql } from 'drizzle-orm'
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { idColumn, instant } from './columns.ts'

/** Events that committed with the state they tell of. The relay publishes and deletes them. */
export const outbox = pgTable(
  'outbox',
  {
    id: idColumn('evt')('id').primaryKey(),
    type: text('type').notNull(),
    subject: text('subject'),
    data: jsonb('data').notNull(),
    traceparent: text('traceparent'),
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

/** Events that a consumer dropped or failed too often, whole, to be replayed. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    id: idColumn('evt')('id').primaryKey(),
    consumer: text('consumer').notNull(),
    envelope: jsonb('envelope').notNull(),
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull(),
    replayedAt: instant('replayed_at'),
  },
  (t) => [index('dead_letters_waiting').on(t.createdAt).where(sql`replayed_at is null`)],
)
