import { and, eq, sql } from 'drizzle-orm'
import type { Applying } from '../billing/applying.ts'
import type { Transaction } from '../ports/database.ts'
import { idFromUuid } from '../run/id.ts'
import { type Booking, difference, type Posting, summed } from './posting.ts'
import { ledgerBalances, ledgerEntries, ledgerTransactions } from './schema.ts'

/**
 * Books what is missing between what is booked of a source and what it means now: in any order and however often its
 * states come, the last one counts. Two at a time for one source cannot be: its object is locked, and should it not be, the
 * second one's number is refused by the database.
 */
export async function book(at: Applying, booking: Booking): Promise<void> {
  const before = await bookedOf(at, booking.source)
  const missing = difference(summed(booking.postings), before.postings)
  if (missing.length === 0) return
  const id = idFromUuid('ltx', at.ids.uuid())
  await at.tx.insert(ledgerTransactions).values({
    id,
    provider: at.provider,
    source: booking.source,
    sequence: before.sequence + 1,
    description: booking.description,
    entryCount: missing.length,
    balance: booking.balance.map(({ id, type, currency, netMinor }) => ({ id, type, currency, netMinor })),
    effectiveAt: before.sequence === 0 ? booking.at : booking.changedAt,
    createdAt: at.now,
  })
  await at.tx.insert(ledgerEntries).values(missing.map((posting) => ({ transactionId: id, ...posting })))
  await addToBalances(at.tx, missing, at.now)
}

async function bookedOf(
  { tx, provider }: Applying,
  source: string,
): Promise<{ sequence: number; postings: readonly Posting[] }> {
  const { account, party, currency, amountMinor } = ledgerEntries
  const rows = await tx
    .select({
      account,
      party,
      currency,
      amountMinor: sql`sum(${amountMinor})`.mapWith(Number),
      sequence: sql`max(${ledgerTransactions.sequence})`.mapWith(Number),
    })
    .from(ledgerTransactions)
    .innerJoin(ledgerEntries, eq(ledgerEntries.transactionId, ledgerTransactions.id))
    .where(and(eq(ledgerTransactions.provider, provider), eq(ledgerTransactions.source, source)))
    .groupBy(account, party, currency)
  const postings = rows.map(({ sequence: _, ...posting }) => posting)
  return { sequence: Math.max(0, ...rows.map((row) => row.sequence)), postings }
}

/** In the order that all postings are kept in: two bookings that touch the same accounts wait, and never for each other. */
async function addToBalances(tx: Transaction, postings: readonly Posting[], now: Date): Promise<void> {
  const rows = postings.map(({ amountMinor, ...of }) => ({
    ...of,
    balanceMinor: amountMinor,
    updatedAt: now,
  }))
  await tx
    .insert(ledgerBalances)
    .values(rows)
    .onConflictDoUpdate({
      target: [ledgerBalances.account, ledgerBalances.party, ledgerBalances.currency],
      set: {
        balanceMinor: sql`${ledgerBalances.balanceMinor} + excluded.balance_minor`,
        updatedAt: sql`excluded.updated_at`,
      },
    })
}
