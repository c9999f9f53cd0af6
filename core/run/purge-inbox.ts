import { lt } from 'drizzle-orm'
import { inbox } from '../database/delivery-schema.ts'
import type { Uses } from '../ports/ports.ts'

/** No queue that we use keeps an event longer than 14 days, so none can come again after this. */
const KEPT_MS = 30 * 86_400_000

/** Forgets which events were handled long ago. */
export async function purgeInbox({ db, clock }: Uses<'db' | 'clock'>): Promise<void> {
  await db.delete(inbox).where(lt(inbox.handledAt, new Date(clock.now().getTime() - KEPT_MS)))
}
