import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import { users } from '../database/schema.ts'
import { contract, type Gap, type Open } from '../run/contract.ts'
import { idFromUuid } from '../run/id.ts'
import type { Database } from './database.ts'

export interface OpenedDatabase {
  readonly db: Database
}

const aUser = (email: string, digit = '1') => ({
  id: idFromUuid('usr', `0190${digit.repeat(28)}`),
  email,
  name: 'Ada 😀',
  passwordHash: '-',
  createdAt: new Date('2026-01-01T00:00:00.123Z'),
})

/** What every domain leans on, whichever driver is under drizzle. */
export function databaseContract(title: string, open: Open<OpenedDatabase>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('gives back ids, texts and instants as they were written', async ({ db }) => {
      await db.insert(users).values(aUser('ada@example.org'))
      expect(await db.select().from(users)).toEqual([aUser('ada@example.org')])
    })
    rule('keeps what a transaction committed', async ({ db }) => {
      await db.transaction(async (tx) => void (await tx.insert(users).values(aUser('ada@example.org'))))
      expect(await db.$count(users)).toBe(1)
    })
    rule('undoes a transaction whose callback throws', async ({ db }) => {
      const failing = db.transaction(async (tx) => {
        await tx.insert(users).values(aUser('ada@example.org'))
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await db.$count(users)).toBe(0)
    })
    rule('hides a transaction from others until it is committed', async ({ db }) => {
      await db.transaction(async (tx) => {
        await tx.insert(users).values(aUser('ada@example.org'))
        expect(await db.$count(users)).toBe(0)
      })
    })
    rule('tells a broken unique rule by its code in the cause', async ({ db }) => {
      await db.insert(users).values(aUser('ada@example.org'))
      const again = db.insert(users).values(aUser('ada@example.org', '2'))
      await expect(again).rejects.toMatchObject({ cause: { code: '23505' } })
    })
    rule('skips rows that another transaction holds', async ({ db }) => {
      await db.insert(users).values([aUser('a@example.org', '1'), aUser('b@example.org', '2')])
      const claim = (from: Pick<Database, 'select'>) =>
        from
          .select({ email: users.email })
          .from(users)
          .orderBy(users.email)
          .limit(1)
          .for('update', { skipLocked: true })
      await db.transaction(async (one) => {
        const first = await claim(one)
        const second = await db.transaction((two) => claim(two))
        expect([first, second]).toEqual([[{ email: 'a@example.org' }], [{ email: 'b@example.org' }]])
      })
    })
    rule('takes values as values, never as SQL', async ({ db }) => {
      const evil = "'; drop table users; --"
      await db.insert(users).values({ ...aUser('ada@example.org'), name: evil })
      expect(await db.select({ name: users.name }).from(users).where(sql`name = ${evil}`)).toEqual([
        { name: evil },
      ])
    })
  })
}
