import { eq } from 'drizzle-orm'
import type { Uses } from '../ports/ports.ts'
import { billingCursors } from './schema.ts'

/** How far an earlier run came that was cut off; `undefined` where none was. */
export async function cursorAt({ db }: Uses<'db'>, name: string): Promise<string | undefined> {
  const rows = await db.select().from(billingCursors).where(eq(billingCursors.name, name))
  return rows[0]?.position
}

export async function moveCursor(
  { db, clock }: Uses<'db' | 'clock'>,
  name: string,
  position: string,
): Promise<void> {
  const row = { name, position, updatedAt: clock.now() }
  await db.insert(billingCursors).values(row).onConflictDoUpdate({ target: billingCursors.name, set: row })
}

export async function dropCursor({ db }: Uses<'db'>, name: string): Promise<void> {
  await db.delete(billingCursors).where(eq(billingCursors.name, name))
}
