import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Provider } from '../billing/provider-objects.ts'
import { idColumn, instant } from '../database/columns.ts'
import type { DunningCall, DunningStage, DunningStepName } from './model.ts'

/** One unpaid invoice of a subscription and where its collection stands. */
export const dunningCases = pgTable(
  'dunning_cases',
  {
    id: idColumn('dun')('id').primaryKey(),
    provider: text('provider').$type<Provider>().notNull(),
    invoiceId: text('invoice_id').notNull(),
    subscriptionId: text('subscription_id').notNull(),
    providerCustomerId: text('provider_customer_id').notNull(),
    stage: text('stage').$type<DunningStage>().notNull(),
    /** Tries of ours to take the money, where the provider does not retry by itself. */
    retries: integer('retries').notNull(),
    reminders: integer('reminders').notNull(),
    /** Of the present stage: reminders and win-back mails. */
    stageNotices: integer('stage_notices').notNull(),
    /** When the present stage began, by the schedule: a timer that was late does not prolong it. */
    stageAt: instant('stage_at').notNull(),
    /** Whether the provider was ever seen to plan a retry of its own: then ours would come on top. */
    providerRetries: boolean('provider_retries').notNull(),
    /** The customer has cancelled at the period's end: no retries of ours and no reminders. */
    canceling: boolean('canceling').notNull(),
    /** A call to the provider that was decided and has not been answered. */
    pendingCall: text('pending_call').$type<DunningCall>(),
    openedAt: instant('opened_at').notNull(),
    /** When a timer looks at it; null once it has ended. While a call is pending: when the call may be made again. */
    deadlineAt: instant('deadline_at'),
    endedAt: instant('ended_at'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('dunning_cases_of_invoice').on(t.provider, t.invoiceId),
    index('dunning_cases_of_subscription').on(t.provider, t.subscriptionId),
    index('dunning_cases_of_customer').on(t.provider, t.providerCustomerId),
    index('dunning_cases_due').on(t.deadlineAt).where(sql`deadline_at is not null`),
  ],
)
/** Every step that a case took, once: with it went its event. */
export const dunningSteps = pgTable(
  'dunning_steps',
  {
    caseId: idColumn('dun')('case_id')
      .notNull()
      .references(() => dunningCases.id),
    position: integer('position').notNull(),
    step: text('step').$type<DunningStepName>().notNull(),
    stage: text('stage').$type<DunningStage>().notNull(),
    because: text('because').notNull(),
    at: instant('at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.caseId, t.position] })],
)
