import { and, asc, eq, gt, isNull, sql } from 'drizzle-orm'
import type { AnyEvent } from '../../events/catalog.ts'
import { deadLetters, inbox } from '../database/delivery-schema.ts'
import type { Database } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { EventId } from './id.ts'
import { done, drop, type Verdict } from './verdict.ts'

export type DeadLetter = typeof deadLetters.$inferSelect

/** Dead letters that wait, oldest first, 1000 at most. */
export function waitingDeadLetters({ db }: Uses<'db'>): Promise<DeadLetter[]> {
  return db
    .select()
    .from(deadLetters)
    .where(isNull(deadLetters.replayedAt))
    .orderBy(asc(deadLetters.createdAt), asc(deadLetters.id))
    .limit(1000)
}

/** The dead letter of this id, waiting or replayed; `undefined` where there is none. */
export async function findDeadLetter({ db }: Uses<'db'>, id: EventId): Promise<DeadLetter | undefined> {
  return (await db.select().from(deadLetters).where(eq(deadLetters.id, id)))[0]
}

/** The event as it was given up. */
export const eventOf = ({ envelope }: DeadLetter): AnyEvent =>
  // Only deliver() writes these rows.
  envelope as AnyEvent

/**
 * Puts the event on the bus again, with all its attempts, and is then done with the letter. Consumers that handled it
 * answer from their inbox; one that gives it up again writes a new letter. Throws, and keeps the letter waiting, when
 * the bus refuses. A crash between the two puts it on the bus twice, which consumers bear.
 */
export async function replay(
  { db, bus, clock }: Uses<'db' | 'bus' | 'clock'>,
  letter: DeadLetter,
): Promise<void> {
  await bus.publish([eventOf(letter)])
  await db
    .update(deadLetters)
    .set({ replayedAt: clock.now() })
    .where(and(eq(deadLetters.id, letter.id), isNull(deadLetters.replayedAt)))
}

/** What became of a letter that was replayed: handled, given up again (with the new reason), or not known yet. */
export async function outcomeOf({ db }: Uses<'db'>, letter: DeadLetter): Promise<Verdict | undefined> {
  const { id, source } = eventOf(letter)
  const handled = and(eq(inbox.consumer, letter.consumer), eq(inbox.source, source), eq(inbox.eventId, id))
  if ((await db.select({ at: inbox.handledAt }).from(inbox).where(handled)).length > 0) return done
  const again = await laterLetter(db, letter)
  return again && drop(again.reason)
}

async function laterLetter(db: Database, letter: DeadLetter): Promise<DeadLetter | undefined> {
  const { id, source } = eventOf(letter)
  const sameEvent = sql`${deadLetters.envelope} @> ${JSON.stringify({ id, source })}::jsonb`
  // Ids rise with time.
  const later = and(eq(deadLetters.consumer, letter.consumer), gt(deadLetters.id, letter.id), sameEvent)
  return (await db.select().from(deadLetters).where(later).limit(1))[0]
}
