import { sql } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { users } from '../../core/database/schema.ts'
import { databaseContract } from '../../core/ports/database.contract.ts'
import { migrate } from './database.ts'
import { openTestDatabase } from './testing/database.ts'
import { aPerson } from './testing/rows.ts'

it('gives each test a migrated database of its own', async () => {
  await using one = await openTestDatabase()
  await using two = await openTestDatabase()
  await aPerson(one.db)
  expect(await two.db.select().from(users)).toEqual([])
})

it('migrates an up-to-date database again without a change', async () => {
  await using test = await openTestDatabase()
  const made = () => test.db.execute(sql`select * from drizzle.__drizzle_migrations order by id`)
  const before = await made()
  await migrate(test.url)
  expect(await made()).toMatchObject({ rows: (before as { rows: unknown[] }).rows })
})

it('takes several connections that wait for each other’s row locks', async () => {
  await using test = await openTestDatabase()
  await aPerson(test.db)
  const order: string[] = []
  await test.db.transaction(async (tx) => {
    await tx.update(users).set({ name: 'first' })
    void test.db
      .update(users)
      .set({ name: 'second' })
      .then(() => order.push('second'))
    await tx.execute(sql`select pg_sleep(0.1)`)
    order.push('first')
  })
  await test.db.execute(sql`select 1`)
  await expect.poll(() => order).toEqual(['first', 'second'])
})

databaseContract('the embedded PostgreSQL', openTestDatabase)
