import { eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import type { UserId } from '../run/id.ts'
import { viewingLimits } from './schema.ts'
import type { ViewingLimits } from './wire.ts'

/** What the account may be shown. */
export async function limitsOf({ db }: Uses<'db'>, userId: UserId): Promise<ViewingLimits> {
  const [row] = await db.select().from(viewingLimits).where(eq(viewingLimits.userId, userId))
  return row?.age == null ? {} : { age: row.age }
}

/** Sets them anew; an age that is left out is not known any more. */
export async function setLimits(
  { db, clock }: Uses<'db' | 'clock'>,
  userId: UserId,
  { age }: ViewingLimits,
): Promise<ViewingLimits> {
  const set = { age: age ?? null, updatedAt: clock.now() }
  await db
    .insert(viewingLimits)
    .values({ userId, ...set })
    .onConflictDoUpdate({ target: viewingLimits.userId, set })
  return age === undefined ? {} : { age }
}
