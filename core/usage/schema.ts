import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, numeric, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import type { Currency } from '../billing/money.ts'
import type { Provider } from '../billing/provider-objects.ts'
import { idColumn, instant } from '../database/columns.ts'
import type { MeterName } from './model.ts'

/** Identity of every usage event, for ever: partitions and retention of `usage_events` do not touch it. */
export const usageEventKeys = pgTable(
  'usage_event_keys',
  {
    tenant: idColumn('bcu')('tenant').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    payloadHash: text('payload_hash').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tenant, t.source, t.eventId] })],
)
/** What was used, as it was told. `sequence` is the order of arrival. */
export const usageEvents = pgTable(
  'usage_events',
  {
    sequence: bigint('sequence', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    tenant: idColumn('bcu')('tenant').notNull(),
    source: text('source').notNull(),
    eventId: text('event_id').notNull(),
    meter: text('meter').$type<MeterName>().notNull(),
    quantity: numeric('quantity', { precision: 30, scale: 9 }).notNull(),
    subject: text('subject'),
    dimensions: jsonb('dimensions').$type<Record<string, string>>(),
    at: instant('at').notNull(),
    receivedAt: instant('received_at').notNull(),
    /** Null until a rollup has counted it. */
    countedAt: instant('counted_at'),
  },
  (t) => [
    index('usage_events_uncounted').on(t.sequence).where(sql`counted_at is null`),
    index('usage_events_of_hour').on(t.tenant, t.meter, t.at),
    index('usage_events_of_player').on(t.subject).where(sql`source = 'playback'`),
  ],
)
/** Usage of one hour (UTC), which can always be summed again from the events. */
export const usageRollups = pgTable(
  'usage_rollups',
  {
    tenant: idColumn('bcu')('tenant').notNull(),
    meter: text('meter').$type<MeterName>().notNull(),
    hour: instant('hour').notNull(),
    quantity: numeric('quantity', { precision: 30, scale: 9 }).notNull(),
    events: integer('events').notNull(),
    /** What the provider has been told of it. */
    reportedQuantity: numeric('reported_quantity', { precision: 30, scale: 9 }).notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenant, t.meter, t.hour] }),
    index('usage_rollups_unreported').on(t.tenant, t.meter, t.hour).where(sql`quantity > reported_quantity`),
  ],
)
/**
 * One report to the provider: written before it is sent, and never sent under another identifier.
 * `asked`: on its way. `refused`: the provider did not count it. `unknown`: was on its way for so long that the provider has
 * forgotten the identifier; somebody must look whether it was counted. `replaced`: refused, and asked again by another row.
 */
export type ReportState = 'asked' | 'sent' | 'refused' | 'unknown' | 'replaced'
export type ReportKind = 'meter' | 'adjustment' | 'final'
export const usageReports = pgTable(
  'usage_reports',
  {
    identifier: text('identifier').primaryKey(),
    tenant: idColumn('bcu')('tenant').notNull(),
    meter: text('meter').$type<MeterName>().notNull(),
    /** The latest hour that is in it. */
    hour: instant('hour').notNull(),
    quantity: numeric('quantity', { precision: 30, scale: 9 }).notNull(),
    /**
     * `adjustment`: beyond the provider's window, so a line of the next invoice. `final`: of a subscription that has ended, a
     * line of its last invoice while that is a draft, else of the customer's next one, if there ever is one.
     */
    kind: text('kind').$type<ReportKind>().notNull(),
    /** The draft that a `final` line was meant for: the same at every repetition. */
    invoiceId: text('invoice_id'),
    state: text('state').$type<ReportState>().notNull(),
    refusal: text('refusal'),
    provider: text('provider').$type<Provider>().notNull(),
    providerCustomerId: text('provider_customer_id').notNull(),
    subscriptionId: text('subscription_id').notNull(),
    /** The first hour that is in it. */
    fromHour: instant('from_hour').notNull(),
    /** Of a line. */
    currency: text('currency').$type<Currency>(),
    amountMinor: bigint('amount_minor', { mode: 'number' }),
    createdAt: instant('created_at').notNull(),
    sentAt: instant('sent_at'),
  },
  (t) => [
    index('usage_reports_waiting').on(t.createdAt).where(sql`state = 'asked'`),
    index('usage_reports_troubled').on(t.createdAt).where(sql`state in ('refused', 'unknown')`),
    index('usage_reports_of_hour').on(t.tenant, t.meter, t.hour),
  ],
)
