import { lt } from 'drizzle-orm'
import { deliveryAttempts, inbox } from '../database/delivery-schema.ts'
import type { Uses } from '../ports/ports.ts'

/** No queue that we use keeps an event longer than 14 days, so none can come again after this. */
const KEPT_MS = 30 * 86_400_000

/** Forgets which events were handled long ago, and how often some were tried that never came again. */
export async function purgeInbox({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  const longAgo = new Date(clock.now().getTime() - KEPT_MS)
  await db.delete(inbox).where(lt(inbox.handledAt, longAgo))
  await db.delete(deliveryAttempts).where(lt(deliveryAttempts.lastAt, longAgo))
}
