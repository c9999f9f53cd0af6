import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { openTestDatabase } from '../../adapters/local/testing/database.ts'
import { openIds } from '../../adapters/node/ids.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { outbox } from '../database/delivery-schema.ts'
import type { Bus } from '../ports/bus.ts'
import type { Ports } from '../ports/ports.ts'
import { MessageTooLong, type Queue } from '../ports/queue.ts'
import { consumerOf } from './consume.ts'
import type { Context } from './context.ts'
import { waitingDeadLetters } from './dead-letter.ts'
import { commit } from './emit.ts'
import { on } from './function.ts'
import type { Log } from './log.ts'
import { relay } from './relay.ts'
import { sweepOutbox } from './sweep-outbox.ts'
import { done } from './verdict.ts'
import { fromWire } from './wire-event.ts'

const ids = openIds()
const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quiet,
}

async function openOutbox(publish: Bus['publish']) {
  const database = await openTestDatabase()
  let now = new Date('2026-01-01T00:00:00Z')
  const clock = { now: () => now, sleep: async () => undefined }
  const sent: [string, string][] = []
  const queue: Queue = { send: async (consumer, body) => void sent.push([consumer, body]) }
  const uses = { db: database.db, bus: { publish }, queue, clock, ids }
  const ctx: Context = {
    requestId: 'r',
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    signal: new AbortController().signal,
    log: quiet,
  }
  const later = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000)
  }
  return { uses, ctx, sent, later, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
}

const registered = (userId: string) => ({ type: 'user.registered', data: { userId } }) as const

describe('the outbox', () => {
  it('publishes an event once its transaction is committed', async () => {
    const seen: AnyEvent[] = []
    await using at = await openOutbox(async (events) => void seen.push(...events))
    await commit(at.uses, at.ctx, (_, emit) => emit(registered('u1')))
    expect(seen.map((event) => event.data)).toEqual([{ userId: 'u1' }])
  })
  it('carries the trace of the request that caused the event', async () => {
    const seen: AnyEvent[] = []
    await using at = await openOutbox(async (events) => void seen.push(...events))
    await commit(at.uses, at.ctx, (_, emit) => emit(registered('u1')))
    expect(seen[0]?.traceparent).toBe(at.ctx.traceparent)
  })
  it('publishes nothing of a transaction that failed', async () => {
    const seen: AnyEvent[] = []
    await using at = await openOutbox(async (events) => void seen.push(...events))
    const change = commit(at.uses, at.ctx, async (_, emit) => {
      await emit(registered('u1'))
      throw new Error('no')
    })
    await expect(change).rejects.toThrow('no')
    await sweepOutbox(at.uses, at.ctx)
    expect(seen).toEqual([])
  })
  it('keeps an event that the bus refused and publishes it with a later sweep', async () => {
    const seen: AnyEvent[] = []
    let broken = true
    await using at = await openOutbox(async (events) => {
      if (broken) throw new Error('bus down')
      seen.push(...events)
    })
    await commit(at.uses, at.ctx, (_, emit) => emit(registered('u1')))
    broken = false
    at.later(31)
    await sweepOutbox(at.uses, at.ctx)
    expect(seen).toHaveLength(1)
  })
  it('does not fail a change that is committed', async () => {
    await using at = await openOutbox(async () => {
      await at.uses.db.execute(sql`drop table outbox`)
    })
    await expect(
      commit(at.uses, at.ctx, async (_, emit) => {
        await emit(registered('u1'))
        return 'kept'
      }),
    ).resolves.toBe('kept')
  })
  it('publishes what waits beside an event that the bus never takes', async () => {
    const seen: unknown[] = []
    let broken = true
    await using at = await openOutbox(async (events) => {
      if (
        broken ||
        events.some((event) => event.data && 'userId' in event.data && event.data.userId === 'bad')
      )
        throw new Error('an entry is too large')
      seen.push(...events.map((event) => event.data))
    })
    for (const user of ['bad', 'u1', 'u2']) await commit(at.uses, at.ctx, (_, emit) => emit(registered(user)))
    broken = false
    at.later(31)
    await sweepOutbox(at.uses, at.ctx)
    expect(seen).toEqual([{ userId: 'u1' }, { userId: 'u2' }])
  })
  it('asks a bus that is down for a few of its events alone, and not for each', async () => {
    let asked = 0
    await using at = await openOutbox(async () => {
      asked += 1
      throw new Error('bus down')
    })
    for (let i = 0; i < 20; i++) await commit(at.uses, at.ctx, (_, emit) => emit(registered(`u${i}`)))
    at.later(31)
    asked = 0
    await sweepOutbox(at.uses, at.ctx)
    expect(asked).toBe(4)
  })
  it('gives each event to one of several relays that sweep at once', async () => {
    const seen: AnyEvent[] = []
    await using at = await openOutbox(async (events) => void seen.push(...events))
    const rows = Array.from({ length: 50 }, (_, i) => ({
      id: `evt_${ids.uuid().replaceAll('-', '')}` as never,
      ...registered(`u${i}`),
      createdAt: at.uses.clock.now(),
      availableAt: at.uses.clock.now(),
    }))
    await at.uses.db.insert(outbox).values(rows)
    await Promise.all(Array.from({ length: 5 }, () => relay(at.uses, at.ctx)))
    expect(new Set(seen.map((event) => event.id)).size).toBe(seen.length)
    expect(seen).toHaveLength(50)
  })
})

const greeter = on({
  name: 'greeter',
  type: 'user.registered',
  uses: {},
  attempts: 3,
  memoryMb: 128,
  timeoutSeconds: 5,
  handler: async () => done,
})
const postponed: AnyEvent = {
  ...registered('u1'),
  id: 'evt_far',
  source: '/elsewhere',
  time: '2026-01-01T00:00:00.000Z',
}

describe('an event that a function postponed', () => {
  const open = async () => {
    const at = await openOutbox(async () => {
      throw new Error('it is meant for one function')
    })
    await consumerOf(greeter, { ...at.uses } as unknown as Ports).postpone(postponed, 60, at.ctx)
    return at
  }
  it('waits until its time has come', async () => {
    await using at = await open()
    at.later(59)
    await sweepOutbox(at.uses, at.ctx)
    expect(at.sent).toEqual([])
  })
  it('comes before that function alone, whole, and once', async () => {
    await using at = await open()
    at.later(61)
    for (const _ of [1, 2]) await sweepOutbox(at.uses, at.ctx)
    expect(at.sent.map(([consumer, body]) => [consumer, fromWire(body)])).toEqual([['greeter', postponed]])
  })
  it('becomes a dead letter where it is longer than any queue takes', async () => {
    await using at = await open()
    at.later(61)
    const short = { send: () => Promise.reject(new MessageTooLong('a message of 70000 bytes')) }
    await sweepOutbox({ ...at.uses, queue: short }, at.ctx)
    at.later(3600)
    await sweepOutbox(at.uses, at.ctx)
    const letters = (await waitingDeadLetters(at.uses)).map(({ consumer, envelope }) => [consumer, envelope])
    expect([letters, at.sent]).toEqual([[['greeter', postponed]], []])
  })
  it('stays where the queue refuses it', async () => {
    await using at = await open()
    at.later(61)
    const broken = { send: () => Promise.reject(new Error('queue down')) }
    await sweepOutbox({ ...at.uses, queue: broken }, at.ctx)
    at.later(31)
    await sweepOutbox(at.uses, at.ctx)
    expect(at.sent).toHaveLength(1)
  })
})
