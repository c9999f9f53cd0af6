import {
  bigint,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import type { Currency } from '../billing/money.ts'
import type { BalanceEntry, Provider } from '../billing/provider-objects.ts'
import { idColumn, instant } from '../database/columns.ts'
import type { AccountCode } from './model.ts'

/**
 * One booking: its entries sum to zero in each currency, which a trigger of the database checks at commit. Neither
 * is ever changed or deleted, which another one refuses. What has changed is booked as the difference.
 */
export const ledgerTransactions = pgTable(
  'ledger_transactions',
  {
    id: idColumn('ltx')('id').primaryKey(),
    provider: text('provider').$type<Provider>().notNull(),
    /** What it books: `invoice:in_1`, `payment:pi_1`, `refund:re_1`. */
    source: text('source').notNull(),
    /** 1 for the first booking of a source, then each further difference. */
    sequence: integer('sequence').notNull(),
    description: text('description').notNull(),
    /** How many entries it has: nobody can add one later, since the database counts them. */
    entryCount: integer('entry_count').notNull(),
    /** The provider's balance entries that the source has by now: what the booking of its money rests on. */
    balance: jsonb('balance')
      .$type<Pick<BalanceEntry, 'id' | 'type' | 'currency' | 'netMinor'>[]>()
      .notNull(),
    /** When it happened, by the provider. */
    effectiveAt: instant('effective_at').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('ledger_transactions_once').on(t.provider, t.source, t.sequence),
    index('ledger_transactions_by_time').on(t.effectiveAt),
  ],
)
export const ledgerEntries = pgTable(
  'ledger_entries',
  {
    transactionId: idColumn('ltx')('transaction_id')
      .notNull()
      .references(() => ledgerTransactions.id),
    account: text('account').$type<AccountCode>().notNull(),
    /** Whose share of the account: a customer or a payee at the provider; empty for nobody's in particular. */
    party: text('party').notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    /** Debit positive, credit negative. */
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.transactionId, t.account, t.party, t.currency] }),
    index('ledger_entries_of_account').on(t.account, t.party, t.currency),
  ],
)
/** Sums of the entries, kept along: a projection that can be made again at any time. */
export const ledgerBalances = pgTable(
  'ledger_balances',
  {
    account: text('account').$type<AccountCode>().notNull(),
    party: text('party').notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    balanceMinor: bigint('balance_minor', { mode: 'number' }).notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.account, t.party, t.currency] })],
)
/** Figures of a day (UTC), made again whenever something of that day is booked. */
export const revenueDays = pgTable(
  'revenue_days',
  {
    day: date('day').notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    grossMinor: bigint('gross_minor', { mode: 'number' }).notNull(),
    refundsMinor: bigint('refunds_minor', { mode: 'number' }).notNull(),
    disputesMinor: bigint('disputes_minor', { mode: 'number' }).notNull(),
    feesMinor: bigint('fees_minor', { mode: 'number' }).notNull(),
    taxMinor: bigint('tax_minor', { mode: 'number' }).notNull(),
    /** Monthly recurring revenue at the day's end. */
    mrrMinor: bigint('mrr_minor', { mode: 'number' }).notNull(),
    activeSubscriptions: integer('active_subscriptions').notNull(),
    activeCustomers: integer('active_customers').notNull(),
    startedSubscriptions: integer('started_subscriptions').notNull(),
    endedSubscriptions: integer('ended_subscriptions').notNull(),
    computedAt: instant('computed_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.day, t.currency] })],
)
