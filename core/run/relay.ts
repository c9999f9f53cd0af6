import { and, asc, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { AnyEvent } from '../../events/catalog.ts'
import { outbox } from '../database/delivery-schema.ts'
import type { Uses } from '../ports/ports.ts'
import type { Context } from './context.ts'
import type { EventId } from './id.ts'
import { toWire } from './wire-event.ts'

const BATCH = 100
/** A relay that dies holding rows gives them back after this time. */
const HOLD_SECONDS = 30

/**
 * Publishes waiting events and returns how many. With `only` just these. Rows are held by moving `available_at`, and
 * deleted once the bus has them: a crash between the two publishes again, which consumers bear.
 */
export async function relay(
  uses: Uses<'db' | 'bus' | 'clock'>,
  ctx: Context,
  only?: readonly EventId[],
): Promise<number> {
  const rows = await hold(uses, { only })
  if (rows.length === 0) return 0
  try {
    await uses.bus.publish(rows.map(toEvent))
  } catch (error) {
    ctx.log.warn('events stay in the outbox: the bus refused them', { error, events: rows.length })
    return 0
  }
  await settle(uses, rows)
  return rows.length
}

/** Puts events whose delay is over before the functions that postponed them; returns how many were due. */
async function relayPostponed(uses: Uses<'db' | 'queue' | 'clock'>, ctx: Context): Promise<number> {
  const rows = await hold(uses, { postponed: true })
  for (const row of rows) {
    try {
      // Only postpone() writes rows with a consumer, and it writes the whole event.
      await uses.queue.send(row.consumer ?? '', JSON.stringify(toWire(row.envelope as AnyEvent)))
      await settle(uses, [row])
    } catch (error) {
      ctx.log.warn('a postponed event stays in the outbox', { error, event: row.id, function: row.consumer })
    }
  }
  return rows.length
}

async function settle({ db }: Uses<'db'>, rows: readonly Row[]): Promise<void> {
  const ids = rows.map((row) => row.id)
  await db.delete(outbox).where(inArray(outbox.id, ids))
}

/** Publishes all that waits, batch after batch. */
export async function sweepOutbox(uses: Uses<'db' | 'bus' | 'queue' | 'clock'>, ctx: Context): Promise<void> {
  while (!ctx.signal.aborted && (await relay(uses, ctx)) === BATCH);
  while (!ctx.signal.aborted && (await relayPostponed(uses, ctx)) === BATCH);
}

type Row = typeof outbox.$inferSelect

async function hold(
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
  return db
    .with(held)
    .update(outbox)
    .set({
      availableAt: new Date(now.getTime() + HOLD_SECONDS * 1000),
      attempts: sql`${outbox.attempts} + 1`,
    })
    .where(inArray(outbox.id, db.select({ id: held.id }).from(held)))
    .returning()
}

function toEvent(row: Row): AnyEvent {
  const { id, type, subject, data, traceparent, createdAt } = row
  const event = { id, type, source: EVENT_SOURCE, time: createdAt.toISOString(), data }
  // Only emit() writes these rows, and it took type and data as a pair.
  return {
    ...event,
    ...(subject === null ? {} : { subject }),
    ...(traceparent === null ? {} : { traceparent }),
  } as AnyEvent
}

export const EVENT_SOURCE = '/skyreel/outbox'
