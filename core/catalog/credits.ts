import { asc, eq } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { TitleId } from '../run/id.ts'
import { changeParts } from './change-title.ts'
import { credits } from './schema.ts'
import type { Credit } from './wire.ts'

/** In the order in which they were given. */
export async function creditsOf(db: Db, titleId: TitleId): Promise<Credit[]> {
  const rows = await db
    .select()
    .from(credits)
    .where(eq(credits.titleId, titleId))
    .orderBy(asc(credits.position))
  return rows.map(({ name, role, character }) => ({
    name,
    role,
    ...(character === null ? {} : { character }),
  }))
}

export async function replaceCredits(
  uses: Uses<'db' | 'clock'>,
  titleId: TitleId,
  items: readonly Credit[],
): Promise<void> {
  const rows = items.map((item, position) => ({ ...item, titleId, position }))
  await changeParts(uses, titleId, async (tx) => {
    await tx.delete(credits).where(eq(credits.titleId, titleId))
    if (rows.length > 0) await tx.insert(credits).values(rows)
  })
}
