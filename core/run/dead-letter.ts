import { and, asc, eq, isNull } from 'drizzle-orm'
import type { AnyEvent } from '../../events/catalog.ts'
import { deadLetters } from '../database/delivery-schema.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import type { Context } from './context.ts'
import { deliver } from './deliver.ts'
import type { OnFunction } from './function.ts'
import type { EventId } from './id.ts'
import type { Verdict } from './verdict.ts'

export type DeadLetter = typeof deadLetters.$inferSelect

/** Dead letters that wait, oldest first, 1000 at most. */
export function waitingDeadLetters({ db }: Uses<'db'>): Promise<DeadLetter[]> {
  return db
    .select()
    .from(deadLetters)
    .where(isNull(deadLetters.replayedAt))
    .orderBy(asc(deadLetters.createdAt))
    .limit(1000)
}

/** Delivers a dead letter once more to the function that gave it up; it is done with when the verdict is `done`. */
export async function replay(
  letter: DeadLetter,
  fn: OnFunction,
  at: { ports: Ports; ctx: Context },
): Promise<Verdict> {
  // Only deliver() writes these rows.
  const verdict = await deliver(fn, letter.envelope as AnyEvent, fn.attempts, at)
  if (verdict.is === 'done' || verdict.is === 'drop') await close(letter.id, at.ports)
  return verdict
}

async function close(id: EventId, { db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db
    .update(deadLetters)
    .set({ replayedAt: clock.now() })
    .where(and(eq(deadLetters.id, id), isNull(deadLetters.replayedAt)))
}
