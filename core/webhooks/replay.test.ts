import { describe, expect, it } from 'vitest'
import {
  diffOf,
  drain,
  mended,
  mirrored,
  never,
  openMirror,
  provider,
} from '../../adapters/local/testing/mirror.ts'
import { backfill } from './backfill.ts'
import { replay } from './replay.ts'
import { anEvent } from './testing/provider.ts'

describe('a backfill', () => {
  const events = (n: number) =>
    Array.from({ length: n }, (_, i) => anEvent({ eventId: `evt_${String(i).padStart(4, '0')}` }))
  const since = new Date(0)
  it('adds the events that never came', async () => {
    await using column = await openMirror()
    const [first, ...rest] = events(3)
    column.provider.told.push(...(first ? [first] : []), ...rest)
    await column.send(...rest.slice(0, 1))
    const done = await backfill(column.ports, never, { provider, since, undelivered: false })
    expect([done, (await column.rows()).map(({ source }) => source).sort()]).toEqual([
      { read: 3, added: 2 },
      ['backfill', 'backfill', 'live'],
    ])
  })
  it('of what is done already changes nothing', async () => {
    await using column = await openMirror()
    await mended(column)
    const event = anEvent()
    column.provider.told.push(event)
    await column.send(event)
    await drain(column)
    const before = [await mirrored(column), await column.rows()]
    await backfill(column.ports, never, { provider, since, undelivered: false })
    await drain(column)
    expect([await mirrored(column), await column.rows()]).toEqual(before)
  })
  it('that is dry tells how many and writes nothing', async () => {
    await using column = await openMirror()
    column.provider.told.push(...events(3))
    const done = await backfill(column.ports, never, { provider, since, undelivered: true, dryRun: true })
    expect([done.added, await column.rows()]).toEqual([3, []])
  })
  it('that was cut off goes on where it was', async () => {
    await using column = await openMirror()
    column.provider.told.push(...events(250))
    const stop = new AbortController()
    await backfill(column.ports, stop.signal, {
      provider,
      since,
      undelivered: false,
      onProgress: () => stop.abort(),
    })
    const second = await backfill(column.ports, never, { provider, since, undelivered: false })
    expect([second, (await column.rows()).length]).toEqual([{ read: 150, added: 150 }, 250])
  })
})

describe('a replay', () => {
  it('changes nothing where nothing was wrong', async () => {
    await using column = await openMirror()
    await mended(column)
    const before = await mirrored(column)
    const sent = column.events.length
    await replay(column.ports, never, { provider, since: new Date(0) })
    await drain(column)
    expect([await mirrored(column), column.events.length - sent]).toEqual([before, 0])
  })
  it('mends what was written wrongly', async () => {
    await using column = await openMirror()
    await mended(column)
    await column.ports.db.execute(`update subscriptions set status = 'unpaid'`)
    await replay(column.ports, never, { provider, since: new Date(0) })
    await drain(column)
    expect(await diffOf(column)).toEqual([])
  })
  it('takes each once, however many there are', async () => {
    await using column = await openMirror()
    await column.send(anEvent())
    await drain(column)
    await column.ports.db.execute(`insert into webhook_inbox
      select (jsonb_populate_record(w, jsonb_build_object('id', gen_random_uuid(), 'dedupe_id', n::text))).*
      from webhook_inbox w, generate_series(1, 1099) n`)
    expect(await replay(column.ports, never, { provider, since: new Date(0) })).toBe(1100)
  })
  it('leaves what came before', async () => {
    await using column = await openMirror()
    await column.send(anEvent({ eventId: 'evt_a' }))
    await drain(column)
    const since = new Date(column.clock.now().getTime() + 1)
    expect(await replay(column.ports, never, { provider, since })).toBe(0)
  })
})
