import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import type { Currency } from '../billing/money.ts'
import type { PayoutObject, Provider } from '../billing/provider-objects.ts'
import { idColumn, instant } from '../database/columns.ts'
import type { TransferState } from './model.ts'

/** A creator's account at the provider. The row is written before the provider is asked for it. */
export const payees = pgTable(
  'payees',
  {
    customerId: idColumn('bcu')('customer_id').primaryKey(),
    provider: text('provider').$type<Provider>().notNull(),
    /** Null until the provider has answered. */
    accountId: text('account_id'),
    /** Closed ones that this one replaced: their payouts are the payee's still. */
    formerAccountIds: text('former_account_ids').array().notNull().default([]),
    country: text('country').notNull(),
    payoutsEnabled: boolean('payouts_enabled').notNull(),
    requirements: text('requirements').array().notNull(),
    createdAt: instant('created_at').notNull(),
    syncedAt: instant('synced_at'),
  },
  (t) => [uniqueIndex('payees_at_provider').on(t.provider, t.accountId)],
)
/** What is owed to a payee and on its way: `asked` before the provider has answered. */
export const payeeTransfers = pgTable(
  'payee_transfers',
  {
    id: idColumn('pay')('id').primaryKey(),
    customerId: idColumn('bcu')('customer_id').notNull(),
    provider: text('provider').$type<Provider>().notNull(),
    /** As it was when the transfer was asked for: what is sent again must be the same. */
    accountId: text('account_id').notNull(),
    /** Of whoever asked for it: one transfer a key. */
    idempotencyKey: text('idempotency_key').notNull(),
    /** Null until the provider has answered. */
    providerId: text('provider_id'),
    state: text('state').$type<TransferState>().notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    reversedMinor: bigint('reversed_minor', { mode: 'number' }).notNull(),
    refusal: text('refusal'),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [
    uniqueIndex('payee_transfers_at_provider').on(t.provider, t.providerId),
    uniqueIndex('payee_transfers_once').on(t.customerId, t.idempotencyKey),
    index('payee_transfers_asked').on(t.updatedAt).where(sql`state = 'asked'`),
    check('payee_transfers_positive', sql`${t.amountMinor} > 0`),
    index('payee_transfers_of_payee').on(t.customerId, t.createdAt, t.id),
  ],
)
/** From an account at the provider to a bank: ours (`account_id` is empty) or a payee's. */
export const payouts = pgTable(
  'payouts',
  {
    provider: text('provider').$type<Provider>().notNull(),
    id: text('id').notNull(),
    accountId: text('account_id').notNull(),
    status: text('status').$type<PayoutObject['status']>().notNull(),
    currency: text('currency').$type<Currency>().notNull(),
    amountMinor: bigint('amount_minor', { mode: 'number' }).notNull(),
    failureCode: text('failure_code'),
    arrivalAt: instant('arrival_at').notNull(),
    createdAt: instant('created_at').notNull(),
    syncedAt: instant('synced_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.provider, t.id] }),
    index('payouts_of_account').on(t.provider, t.accountId, t.createdAt, t.id),
  ],
)
