import { and, asc, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { outbox } from '../database/delivery-schema.ts'
import type { Uses } from '../ports/ports.ts'
import type { EventId } from './id.ts'

/** How many events are held at once. */
export const BATCH = 100
/** A relay that dies holding rows gives them back after this time. */
const HOLD_SECONDS = 30

export type Row = typeof outbox.$inferSelect

/** Takes events whose time has come, oldest first: nobody else gets them for a while. With `only` just these. */
export async function hold(
  { db, clock }: Uses<'db' | 'clock'>,
  { only, postponed = false }: { only?: readonly EventId[] | undefined; postponed?: boolean },
): Promise<Row[]> {
  const now = clock.now()
  const due = and(
    postponed ? isNotNull(outbox.consumer) : isNull(outbox.consumer),
    isNull(outbox.publishedAt),
    lte(outbox.availableAt, now),
    only ? inArray(outbox.id, [...only]) : undefined,
  )
  // A common table expression, because a plain subquery with SKIP LOCKED may be run again for each row of a plan.
  const held = db.$with('held').as(
    db
      .select({ id: outbox.id })
      .from(outbox)
      .where(due)
      .orderBy(asc(outbox.availableAt), asc(outbox.id))
      .limit(only?.length ?? BATCH)
      .for('update', { skipLocked: true }),
  )
  const rows = await db
    .with(held)
    .update(outbox)
    .set({
      availableAt: new Date(now.getTime() + HOLD_SECONDS * 1000),
      attempts: sql`${outbox.attempts} + 1`,
    })
    .where(inArray(outbox.id, db.select({ id: held.id }).from(held)))
    .returning()
  // Ids rise with time; an update returns its rows in any order.
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1))
}

/** The events are with the bus, or with whoever waits for them. */
export async function settle({ db }: Uses<'db'>, rows: readonly Row[]): Promise<void> {
  const ids = rows.map((row) => row.id)
  await db.delete(outbox).where(inArray(outbox.id, ids))
}
