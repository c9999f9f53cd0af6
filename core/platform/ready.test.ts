import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../adapters/local/database.ts'
import { testContext } from '../../adapters/local/testing/column.ts'
import { openTestDatabase } from '../../adapters/local/testing/database.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { createRouter } from '../http/router.ts'
import { aRequest, jsonOf } from '../http/testing/request.ts'
import type { Ports } from '../ports/ports.ts'
import { platformRoutes } from './http.ts'

const router = createRouter(
  platformRoutes(() => []),
  async () => undefined,
)

async function readyz(db: Ports['db'], clock: Ports['clock'] = systemClock) {
  const response = await router.handle(aRequest('GET', '/readyz'), { db, clock } as Ports, testContext())
  return { status: response.status, json: jsonOf(response) }
}

describe('/readyz', () => {
  it('is 200 with a migrated database', async () => {
    await using database = await openTestDatabase()
    expect((await readyz(database.db)).status).toBe(200)
  })
  it('is 503 where the newest migration is missing', async () => {
    await using database = await openTestDatabase()
    await database.db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1`)
    expect(await readyz(database.db)).toMatchObject({
      status: 503,
      json: { code: 'not-ready', detail: 'The database misses migrations.' },
    })
  })
  it('is 503 where nothing was ever migrated', async () => {
    await using database = await openTestDatabase()
    await database.db.execute(sql`drop schema drizzle cascade`)
    expect(await readyz(database.db)).toMatchObject({
      status: 503,
      json: { detail: 'The database misses migrations.' },
    })
  })
  it('is 503 where no database listens', async () => {
    const { db, close } = openDatabase('postgres://nobody@127.0.0.1:1/none')
    const answer = await readyz(db)
    await close()
    expect(answer).toMatchObject({ status: 503, json: { detail: 'The database cannot be reached.' } })
  })
  it('is 503 where the database hangs', async () => {
    await using database = await openTestDatabase()
    const answer = await database.db.transaction(async (tx) => {
      await tx.execute(sql`lock table drizzle.__drizzle_migrations in access exclusive mode`)
      // The bound itself is not waited for: a clock whose time is up at once stands in for it.
      return readyz(database.db, { ...systemClock, sleep: async () => undefined })
    })
    expect(answer).toMatchObject({
      status: 503,
      json: { detail: 'The database does not answer within 2000 ms.' },
    })
  })
})
