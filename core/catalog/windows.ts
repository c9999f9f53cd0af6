import { asc, eq } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { TitleId } from '../run/id.ts'
import { changeParts } from './change-title.ts'
import { availabilityWindows } from './schema.ts'
import type { AvailabilityWindow } from './wire.ts'

/** In the order in which they were given. */
export async function windowsOf(db: Db, titleId: TitleId): Promise<AvailabilityWindow[]> {
  const rows = await db
    .select()
    .from(availabilityWindows)
    .where(eq(availabilityWindows.titleId, titleId))
    .orderBy(asc(availabilityWindows.position))
  return rows.map(({ startsAt, endsAt, countries }) => ({
    startsAt: startsAt.toISOString(),
    ...(endsAt === null ? {} : { endsAt: endsAt.toISOString() }),
    ...(countries === null ? {} : { countries }),
  }))
}

export async function replaceWindows(
  uses: Uses<'db' | 'clock'>,
  titleId: TitleId,
  items: readonly AvailabilityWindow[],
): Promise<void> {
  const rows = items.map(({ startsAt, endsAt, countries }, position) => ({
    ...{ titleId, position, countries: countries ?? null },
    startsAt: new Date(startsAt),
    endsAt: endsAt === undefined ? null : new Date(endsAt),
  }))
  await changeParts(uses, titleId, async (tx) => {
    await tx.delete(availabilityWindows).where(eq(availabilityWindows.titleId, titleId))
    if (rows.length > 0) await tx.insert(availabilityWindows).values(rows)
  })
}
