import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { outbox } from '../../core/database/delivery-schema.ts'
import { users } from '../../core/database/schema.ts'
import { databaseContract } from '../../core/ports/database.contract.ts'
import type { Database } from '../../core/ports/database.ts'
import { idFromUuid } from '../../core/run/id.ts'
import { relay } from '../../core/run/relay.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { testContext } from '../local/testing/column.ts'
import { openTestDatabase } from '../local/testing/database.ts'
import { memoryLog } from '../local/testing/log.ts'
import { aPerson } from '../local/testing/rows.ts'
import { systemClock } from '../node/clock.ts'
import { openIds } from '../node/ids.ts'
import { type NeonOptions, openNeonDatabase } from './database.ts'
import { openNeonSocket } from './socket.ts'
import { openNeonProxy } from './testing/neon-proxy.ts'

/** A database of its own behind a stand-in for Neon's proxy, and a way to open it. */
async function openBehindProxy() {
  const stack = new AsyncDisposableStack()
  const test = stack.use(await openTestDatabase())
  const { hostname, port } = new URL(test.url)
  const proxy = stack.use(await openNeonProxy({ host: hostname, port: Number(port) }))
  const log = memoryLog()
  const open = (more: Partial<NeonOptions> = {}) => {
    const opened = openNeonDatabase({ url: async () => test.url, endpoint: proxy.endpoint, log, ...more })
    stack.defer(opened.close)
    return opened.db
  }
  return { test, proxy, log, open, stack, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

async function openHybrid() {
  const at = await openBehindProxy()
  return { db: at.open(), [Symbol.asyncDispose]: at[Symbol.asyncDispose] }
}

async function openSocketAlone() {
  const { test, proxy, stack } = await openBehindProxy()
  const socket = openNeonSocket(test.url, { url: async () => test.url, endpoint: proxy.endpoint })
  stack.defer(socket.close)
  return { db: socket.db, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

databaseContract('Neon, statements over HTTP and transactions over WebSocket', openHybrid)
databaseContract('Neon over WebSocket alone', openSocketAlone)

const ids = openIds()
const anOutboxRow = () => ({
  ...{ id: idFromUuid('evt', ids.uuid()), type: 'user.registered', data: { userId: 'usr_1' } },
  ...{ createdAt: new Date(0), availableAt: new Date(0) },
})

const EVERY_TYPE = sql`select 1::int2 as a, 9007199254740993::int8 as b, 1.10::numeric as c, 1.5::float8 as d, true as e,
  'Zoë 😀'::text as f, '{"a":[1,null]}'::jsonb as g, array[1,2] as h, array['x','y'] as i, null as j, '\\x08ff'::bytea as k,
  '2026-01-02T03:04:05.678Z'::timestamptz as l, '2026-01-02'::date as m, interval '1 day' as n, count(*) as o`

describe('a connection string that changes', () => {
  const nameOf = async (db: Pick<Database, 'execute'>) => {
    const { rows } = (await db.execute(sql`select current_database() as name`)) as never as {
      rows: unknown[]
    }
    return rows[0]
  }
  const elsewhere = async (url: string) => Object.assign(new URL(url), { pathname: '/postgres' }).href

  it.each([
    ['statements', nameOf],
    ['transactions', (db: Database) => db.transaction(nameOf)],
  ])('is followed by %s', async (_, ask) => {
    await using at = await openBehindProxy()
    let url = async () => at.test.url
    const db = at.open({ url: () => url() })
    await ask(db)
    url = () => elsewhere(at.test.url)
    await expect.poll(() => ask(db), { timeout: 10_000 }).toEqual({ name: 'postgres' })
  })
  it('holds nobody up while it cannot be read', async () => {
    await using at = await openBehindProxy()
    let url = async () => at.test.url
    const db = at.open({ url: () => url() })
    const before = await nameOf(db)
    url = () => new Promise(() => undefined)
    expect([await nameOf(db), await nameOf(db)]).toEqual([before, before])
  })
  it('is told of in the log where it cannot be read', async () => {
    await using at = await openBehindProxy()
    let url = async () => at.test.url
    const db = at.open({ url: () => url() })
    await nameOf(db)
    url = () => Promise.reject(new Error('no secrets today'))
    await nameOf(db)
    expect(at.log.lines.map(({ message }) => message)).toEqual([
      'the connection string could not be read: the last one goes on',
    ])
  })
})

describe('a statement over HTTP', () => {
  it('gives rows of execute() as node-postgres does', async () => {
    await using at = await openBehindProxy()
    const rowsOf = async (db: Database) => (await db.execute(EVERY_TYPE)) as unknown as { rows: unknown[] }
    expect((await rowsOf(at.open())).rows).toEqual((await rowsOf(at.test.db)).rows)
  })
  it('gives rowCount and command of execute() as node-postgres does', async () => {
    await using at = await openBehindProxy()
    const facts = async (db: Database) => {
      const { rowCount, command } = (await db.execute(sql`update users set name = 'x'`)) as never
      return { rowCount, command }
    }
    await aPerson(at.test.db)
    expect(await facts(at.open())).toEqual(await facts(at.test.db))
  })
  it('opens no WebSocket', async () => {
    await using at = await openBehindProxy()
    await at.open().$count(users)
    expect(at.proxy.seen).toEqual({ requests: 1, sockets: 0 })
  })
  it('passes over the rows that a transaction holds, as the relay needs it', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    const [held, free] = [anOutboxRow(), anOutboxRow()]
    await db.insert(outbox).values([held, free])
    const published: string[] = []
    const publish = async (events: readonly AnyEvent[]) => void published.push(...events.map(({ id }) => id))
    const send = async () => undefined
    const uses = { db, bus: { publish }, queue: { send }, clock: systemClock, ids }
    await db.transaction(async (tx) => {
      await tx.select().from(outbox).where(eq(outbox.id, held.id)).for('update')
      await relay(uses, testContext())
    })
    expect([published, await db.$count(outbox)]).toEqual([[free.id], 1])
  })
  it('is ended when it takes too long, on the server as well', async () => {
    await using at = await openBehindProxy()
    const db = at.open({ statementSeconds: 0.3 })
    await expect(db.execute(sql`select pg_sleep(60)`)).rejects.toThrow()
    const running = async () =>
      (
        (await at.test.db.execute(
          sql`select 1 from pg_stat_activity where query like 'select pg_sleep%' and state = 'active'`,
        )) as unknown as { rows: unknown[] }
      ).rows.length
    await expect.poll(running, { timeout: 10_000 }).toBe(0)
  })
  it('tells in its causes that the server was not reached', async () => {
    await using at = await openBehindProxy()
    await at.proxy.close()
    await expect(at.open().$count(users)).rejects.toMatchObject({
      cause: { cause: { cause: { code: 'ECONNREFUSED' } } },
    })
  })
  it('is sent again when the server was not reached', async () => {
    await using at = await openBehindProxy()
    const gate = createServer()
    await new Promise<void>((resolve) => gate.listen(0, '127.0.0.1', resolve))
    const { port } = gate.address() as AddressInfo
    await new Promise((resolve) => gate.close(resolve))
    await at
      .open({ endpoint: `127.0.0.1:${port}` })
      .$count(users)
      .catch(() => undefined)
    expect(at.log.lines.map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'a statement is sent again: the database was not reached'),
    )
  })
  it.each([
    ['select 1', 4],
    ['update users set name = name', 1],
  ])('whose connection broke: %s is sent %i times', async (text, times) => {
    await using at = await openBehindProxy()
    let taken = 0
    const rude = createServer((socket) => {
      taken += 1
      socket.once('data', () => socket.resetAndDestroy())
    })
    await new Promise<void>((resolve) => rude.listen(0, '127.0.0.1', resolve))
    const { port } = rude.address() as AddressInfo
    await at
      .open({ endpoint: `127.0.0.1:${port}` })
      .execute(text)
      .catch(() => undefined)
    await new Promise((resolve) => rude.close(resolve))
    expect(taken).toBe(times)
  })
})

describe('the connection string', () => {
  it('is not asked for before the first query', async () => {
    await using at = await openBehindProxy()
    let asked = 0
    const url = async () => {
      asked += 1
      return at.test.url
    }
    const db = at.open({ url })
    const before = asked
    await db.$count(users)
    expect([before, asked]).toEqual([0, 1])
  })
  it('is asked for again where that failed', async () => {
    await using at = await openBehindProxy()
    let asked = 0
    const url = async () => {
      asked += 1
      if (asked === 1) throw new Error('no secret')
      return at.test.url
    }
    const db = at.open({ url })
    await expect(db.$count(users)).rejects.toThrow()
    expect(await db.$count(users)).toBe(0)
  })
})

describe('a transaction over WebSocket', () => {
  afterEach(() => void vi.useRealTimers())

  it('takes the socket of the one before', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    await db.transaction((tx) => aPerson(tx))
    await db.transaction((tx) => aPerson(tx))
    expect(at.proxy.seen.sockets).toBe(1)
  })
  it('takes a new socket when the one before was cut while idle', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    await db.transaction((tx) => aPerson(tx))
    at.proxy.cut()
    await db.transaction((tx) => aPerson(tx))
    expect(await db.$count(users)).toBe(2)
  })
  it('takes a new socket when the one before is open and dead', async () => {
    await using at = await openBehindProxy()
    const db = at.open({ statementSeconds: 0.5 })
    await db.transaction((tx) => aPerson(tx))
    at.proxy.hush()
    await db.transaction((tx) => aPerson(tx))
    expect([at.proxy.seen.sockets, await db.$count(users)]).toEqual([2, 2])
  })
  it('takes a new socket after a freeze, whose length the wall clock tells', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    await db.transaction((tx) => aPerson(tx))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    await db.transaction((tx) => aPerson(tx))
    expect(at.proxy.seen.sockets).toBe(2)
  })
  it('rejects when the server is not reached', async () => {
    await using at = await openBehindProxy()
    await at.proxy.close()
    await expect(at.open().transaction((tx) => aPerson(tx))).rejects.toThrow(
      /^the connection to the database failed/,
    )
  })
  it('that loses its socket rejects, is undone and is not tried again', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    let runs = 0
    const lost = db.transaction(async (tx) => {
      runs += 1
      await aPerson(tx)
      at.proxy.cut()
      await aPerson(tx)
    })
    await expect(lost).rejects.toThrow()
    expect([runs, await db.$count(users)]).toEqual([1, 0])
  })
  it('rejects when the socket is lost before the commit', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    const lost = db.transaction(async (tx) => {
      await aPerson(tx)
      at.proxy.cut()
    })
    await expect(lost).rejects.toThrow(Error)
    expect(await db.$count(users)).toBe(0)
  })
  it('that loses its socket leaves room for the next one', async () => {
    await using at = await openBehindProxy()
    const db = at.open({ connections: 1 })
    const lost = db.transaction(async (tx) => {
      at.proxy.cut()
      await aPerson(tx)
    })
    await lost.catch(() => undefined)
    await db.transaction((tx) => aPerson(tx))
    expect(await db.$count(users)).toBe(1)
  })
  it('ends a statement that takes too long', async () => {
    await using at = await openBehindProxy()
    const db = at.open({ statementSeconds: 0.3 })
    const slow = db.transaction((tx) => tx.execute(sql`select pg_sleep(60)`))
    await expect(slow).rejects.toMatchObject({ cause: { code: '57014' } })
  })
  it('lets go of its rows when its function is frozen in the middle', async () => {
    await using at = await openBehindProxy()
    const person = await aPerson(at.test.db)
    const frozen = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const holding = at.open({ statementSeconds: 0.3 }).transaction(async (tx) => {
      await tx.update(users).set({ name: 'held' })
      held.resolve()
      await frozen.promise
    })
    await held.promise
    await at.test.db.update(users).set({ name: 'free' })
    frozen.resolve()
    await expect(holding).rejects.toThrow()
    expect(await at.test.db.select({ id: users.id, name: users.name }).from(users)).toEqual([
      { id: person.id, name: 'free' },
    ])
  })
  it('has the isolation that it asks for', async () => {
    await using at = await openBehindProxy()
    const asked = { isolationLevel: 'serializable', accessMode: 'read only' } as const
    const told = await at
      .open()
      .transaction(
        async (tx) =>
          (
            (await tx.execute(
              sql`select current_setting('transaction_isolation') as level, current_setting('transaction_read_only') as ro`,
            )) as unknown as { rows: unknown[] }
          ).rows,
        asked,
      )
    expect(told).toEqual([{ level: 'serializable', ro: 'on' }])
  })
  it('within a transaction is undone alone', async () => {
    await using at = await openBehindProxy()
    const db = at.open()
    await db.transaction(async (tx) => {
      await aPerson(tx)
      const inner = tx.transaction(async (deeper) => {
        await aPerson(deeper)
        throw new Error('inner')
      })
      await inner.catch(() => undefined)
    })
    expect(await db.$count(users)).toBe(1)
  })
  it('is refused with the server’s own error where the password is wrong', async () => {
    await using at = await openBehindProxy()
    const url = new URL(at.test.url)
    url.username = 'nobody'
    const failing = at.open({ url: async () => url.href }).transaction((tx) => aPerson(tx))
    await expect(failing).rejects.toMatchObject({ code: expect.stringMatching(/^28/) })
  })
})
