import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { type InboxColumn, openInbox } from '../../adapters/local/testing/inbox.ts'
import type { ProviderEvent } from '../billing/provider-objects.ts'
import type { Database } from '../ports/database.ts'
import { acceptEvents } from './accept.ts'
import { anEvent } from './testing/provider.ts'

const many = (n: number, facts: (i: number) => Partial<ProviderEvent> = () => ({})) =>
  Array.from({ length: n }, (_, i) => anEvent({ eventId: `evt_${String(i).padStart(4, '0')}`, ...facts(i) }))
/** A statement's rows have their transaction in common. */
const statements = async ({ ports }: InboxColumn) => {
  const counted = sql`select count(distinct xmin::text)::int as n from webhook_inbox`
  return ((await ports.db.execute(counted)) as unknown as { rows: { n: number }[] }).rows[0]?.n
}
/** Another instance on the same database, which has groups of its own; and what went wrong at its statements. */
function instanceOf({ ports }: InboxColumn) {
  const errors: unknown[] = []
  const execute: Database['execute'] = (query) =>
    ports.db.execute(query).catch((error: unknown) => {
      errors.push(error)
      throw error
    }) as never
  const db: Database = Object.assign(Object.create(ports.db), { execute })
  return { ...ports, db, errors }
}
const live = { source: 'live' } as const
/** PostgreSQL has no text with a NUL in it. */
const poisoned = anEvent({ eventId: 'evt_poisoned', type: 'a\0b' })

describe('webhooks that come at once', () => {
  it('are all kept once', async () => {
    await using column = await openInbox()
    const events = many(100)
    await Promise.all(events.map((event) => column.send(event)))
    expect((await column.rows()).map(({ eventId }) => eventId).sort()).toEqual(
      events.map(({ eventId }) => eventId),
    )
  })
  it('are all new', async () => {
    await using column = await openInbox()
    const accepted = await Promise.all(many(100).map((event) => acceptEvents(column.ports, [event], live)))
    expect(accepted.filter(({ added }) => added === 1)).toHaveLength(100)
  })
  it('are kept with few statements', async () => {
    await using column = await openInbox()
    await Promise.all(many(100).map((event) => acceptEvents(column.ports, [event], live)))
    expect(await statements(column)).toBeLessThan(10)
  })
  it('keep each its own payload', async () => {
    await using column = await openInbox()
    const reversed = many(20).reverse()
    await Promise.all(reversed.map((event) => column.send(event)))
    const rows = await column.rows()
    expect(rows.map(({ payload }) => (payload as ProviderEvent[])[0]?.eventId)).toEqual(
      rows.map(({ eventId }) => eventId),
    )
  })
  it('and are the same event are new once', async () => {
    await using column = await openInbox()
    const event = anEvent()
    const accepted = await Promise.all(
      Array.from({ length: 20 }, () => acceptEvents(column.ports, [event], live)),
    )
    expect(accepted.reduce((sum, { added }) => sum + added, 0)).toBe(1)
  })
  it('and are the same event all wake a worker', async () => {
    await using column = await openInbox()
    const event = anEvent()
    const accepted = await Promise.all(
      Array.from({ length: 20 }, () => acceptEvents(column.ports, [event], live)),
    )
    expect(accepted.filter(({ wake }) => wake)).toHaveLength(20)
  })
  it('wake one worker', async () => {
    await using column = await openInbox()
    await Promise.all(many(100).map((event) => column.send(event)))
    expect(column.events).toHaveLength(1)
  })
  it('do not fail with one that cannot be kept', async () => {
    await using column = await openInbox()
    const events = many(10).toSpliced(5, 0, poisoned)
    const ended = await Promise.allSettled(events.map((event) => acceptEvents(column.ports, [event], live)))
    expect(ended.map(({ status }) => status)).toEqual(
      events.map((event) => (event === poisoned ? 'rejected' : 'fulfilled')),
    )
  })
  it('as several of one delivery are kept together or not at all', async () => {
    await using column = await openInbox()
    const deliveries = [[anEvent({ eventId: 'evt_a' })], [anEvent({ eventId: 'evt_b' }), poisoned]]
    await Promise.allSettled(deliveries.map((events) => acceptEvents(column.ports, events, live)))
    expect(await column.states()).toEqual(['evt_a received'])
  })
})

describe('two instances', () => {
  it('that are sent the same webhooks in opposite order do not end in a deadlock', async () => {
    await using column = await openInbox()
    const [one, other] = [instanceOf(column), instanceOf(column)]
    // PostgreSQL takes so long for each row that the statements meet in the middle.
    await column.ports.db.execute(sql`create function slowly() returns trigger language plpgsql as
      'begin perform pg_sleep(0.004); return new; end'`)
    await column.ports.db.execute(
      sql`create trigger slowly before insert on webhook_inbox for each row execute function slowly()`,
    )
    const events = many(60)
    await Promise.all([
      ...events.map((event) => acceptEvents(one, [event], live)),
      ...events.toReversed().map((event) => acceptEvents(other, [event], live)),
    ])
    // A group in a deadlock would be mended: each of it is tried by itself.
    expect([one.errors, other.errors]).toEqual([[], []])
  })
})
