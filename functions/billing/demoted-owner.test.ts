import { eq, sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { rowsOf } from '../../core/database/rows.ts'
import type { Organisation } from '../../core/identity/organisations-wire.ts'
import { memberships, organisations } from '../../core/identity/schema.ts'
import type { Database } from '../../core/ports/database.ts'
import type { OrganisationId, UserId } from '../../core/run/id.ts'
import { openDesk } from './testing/desk.ts'

/** Resolves when somebody of this database waits for a lock. */
async function waiting(db: Database): Promise<void> {
  for (;;) {
    const waiters = await rowsOf(
      db,
      sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (waiters.length > 0) return
  }
}

it('an owner who is made a member while a removal waits puts nobody out', async () => {
  await using desk = await openDesk()
  const { db } = desk.column.ports
  const [first, second, third] = [await desk.person(), await desk.person(), await desk.person()]
  const { body } = await first.call<Organisation>('POST', '/v1/organisations', { name: 'Film & Co' })
  const path = `/v1/organisations/${body.id}/members`
  await first.call('POST', path, { email: second.email, role: 'owner' })
  await first.call('POST', path, { email: third.email, role: 'member' })
  const organisationId = body.id as OrganisationId
  let removal: Promise<{ status: number }> | undefined
  await db.transaction(async (tx) => {
    await tx.select().from(organisations).where(eq(organisations.id, organisationId)).for('update')
    removal = second.call('DELETE', `${path}/${third.userId}`)
    await waiting(db)
    await tx
      .update(memberships)
      .set({ role: 'member' })
      .where(eq(memberships.userId, second.userId as UserId))
  })
  expect((await removal)?.status).toBe(403)
})
