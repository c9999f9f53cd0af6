import { and, eq } from 'drizzle-orm'
import type { AnyEvent } from '../../events/catalog.ts'
import { deliveryAttempts } from '../database/delivery-schema.ts'
import type { Uses } from '../ports/ports.ts'

/** One event on its way to one function. */
export interface Delivery {
  readonly consumer: string
  readonly event: Pick<AnyEvent, 'id' | 'source'>
}

const rowOf = ({ consumer, event }: Delivery) =>
  and(
    eq(deliveryAttempts.consumer, consumer),
    eq(deliveryAttempts.source, event.source),
    eq(deliveryAttempts.eventId, event.id),
  )

/** Deliveries counted here so far: 0 for a first one, and where the platform counts by itself. */
export async function attemptsOf(delivery: Delivery, { db }: Uses<'db'>): Promise<number> {
  const rows = await db
    .select({ attempts: deliveryAttempts.attempts })
    .from(deliveryAttempts)
    .where(rowOf(delivery))
  return rows[0]?.attempts ?? 0
}

/** Notes that the delivery with this number ended in `retry`. */
export async function countAttempt(
  delivery: Delivery,
  attempts: number,
  { db, clock }: Uses<'db' | 'clock'>,
): Promise<void> {
  const { consumer, event } = delivery
  const counted = { attempts, lastAt: clock.now() }
  await db
    .insert(deliveryAttempts)
    .values({ consumer, source: event.source, eventId: event.id, ...counted })
    .onConflictDoUpdate({
      target: [deliveryAttempts.consumer, deliveryAttempts.source, deliveryAttempts.eventId],
      set: counted,
    })
}

/** The event is settled: its count is of no use any more. */
export async function forgetAttempts(delivery: Delivery, { db }: Uses<'db'>): Promise<void> {
  await db.delete(deliveryAttempts).where(rowOf(delivery))
}
