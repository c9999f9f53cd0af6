import { and, asc, eq, inArray, type SQL } from 'drizzle-orm'
import type { Database, Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { nextIdentifier, type Report } from './ask.ts'
import type { MeterName } from './model.ts'
import { usageReports, usageRollups } from './schema.ts'

/**
 * Asks once more for what the provider refused, after the cause is mended; answers how many. Under new identifiers: the
 * refused ones were not counted, but the provider may still hold them against us for a day. The next push sends them.
 */
export async function retryRefused(
  { db, clock }: Uses<'db' | 'clock'>,
  which: { readonly meter?: MeterName; readonly identifiers?: readonly string[] } = {},
): Promise<number> {
  return db.transaction(async (tx) => {
    const refused = await held(
      tx,
      and(
        eq(usageReports.state, 'refused'),
        which.meter ? eq(usageReports.meter, which.meter) : undefined,
        which.identifiers ? inArray(usageReports.identifier, [...which.identifiers]) : undefined,
      ),
    )
    // One without a price would be refused by ourselves again.
    const possible = refused.filter(({ kind, amountMinor }) => kind === 'meter' || amountMinor !== null)
    for (const report of possible) await askAgain(tx, report, clock.now())
    return possible.length
  })
}

/**
 * What an operator found at the provider about a report of which nobody knew whether it arrived. `false` where it is not in
 * that state (any more).
 */
export async function settleUnknown(
  { db, clock }: { db: Database } & Uses<'clock'>,
  { identifier, arrived }: { identifier: string; arrived: boolean },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const match = and(eq(usageReports.identifier, identifier), eq(usageReports.state, 'unknown'))
    const [report] = await held(tx, match)
    if (!report) return false
    const now = clock.now()
    if (arrived) await tx.update(usageReports).set({ state: 'sent', sentAt: now }).where(match)
    else await askAgain(tx, report, now)
    return true
  })
}

const held = (tx: Transaction, where: SQL | undefined) =>
  tx.select().from(usageReports).where(where).orderBy(asc(usageReports.identifier)).for('update')

async function askAgain(tx: Transaction, report: Report, now: Date): Promise<void> {
  const { tenant, meter, hour } = report
  // The lock under which reports of this hour are numbered.
  await tx
    .select({ hour: usageRollups.hour })
    .from(usageRollups)
    .where(and(eq(usageRollups.tenant, tenant), eq(usageRollups.meter, meter), eq(usageRollups.hour, hour)))
    .for('update')
  const identifier = await nextIdentifier(tx, report)
  await tx.insert(usageReports).values({
    ...report,
    ...{ identifier, state: 'asked' as const, refusal: null, createdAt: now, sentAt: null },
  })
  await tx
    .update(usageReports)
    .set({ state: 'replaced' })
    .where(eq(usageReports.identifier, report.identifier))
}
