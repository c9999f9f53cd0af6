import { and, desc, eq, inArray, lt, ne, or, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { PageOf, Place } from '../billing/store.ts'
import type { Db } from '../ports/database.ts'
import type { CustomerId } from '../run/id.ts'
import { payees, payeeTransfers, payouts } from './schema.ts'

export type PayeeRow = typeof payees.$inferSelect
export type TransferRow = typeof payeeTransfers.$inferSelect
export type PayoutRow = typeof payouts.$inferSelect

export const findPayee = async (db: Db, customerId: CustomerId): Promise<PayeeRow | undefined> =>
  (await db.select().from(payees).where(eq(payees.customerId, customerId)))[0]

/** What a row is changed to that gets this account in place of none, or of one that is closed. */
export const withAccount = ({ accountId: before, formerAccountIds }: PayeeRow, accountId: string) => ({
  accountId,
  formerAccountIds: before === null ? formerAccountIds : [...formerAccountIds, before],
})

/** Newest first. What the provider refused is between it and us: no money was on its way. */
export const transfersOf = (db: Db, { customerId }: PayeeRow, page: PageOf): Promise<TransferRow[]> =>
  db
    .select()
    .from(payeeTransfers)
    .where(
      and(
        eq(payeeTransfers.customerId, customerId),
        ne(payeeTransfers.state, 'refused'),
        before(page.before, payeeTransfers.createdAt, payeeTransfers.id),
      ),
    )
    .orderBy(desc(payeeTransfers.createdAt), desc(payeeTransfers.id))
    .limit(page.limit)

/** Newest first, also those of accounts that are closed. */
export async function payoutsOf(
  db: Db,
  { provider, accountId, formerAccountIds }: PayeeRow,
  page: PageOf,
): Promise<PayoutRow[]> {
  const accounts = accountId === null ? formerAccountIds : [...formerAccountIds, accountId]
  if (accounts.length === 0) return []
  return db
    .select()
    .from(payouts)
    .where(
      and(
        eq(payouts.provider, provider),
        inArray(payouts.accountId, accounts),
        before(page.before, payouts.createdAt, payouts.id),
      ),
    )
    .orderBy(desc(payouts.createdAt), desc(payouts.id))
    .limit(page.limit)
}

const before = (place: Place | undefined, at: PgColumn, id: PgColumn): SQL | undefined =>
  place && or(lt(at, place.at), and(eq(at, place.at), lt(id, place.id)))
