import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Consumer, Decoded, ForeignMessage } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import { compareVersions } from '../../core/run/storage-event.ts'
import { done, drop, retry, type Verdict } from '../../core/run/verdict.ts'
import { readEvent, toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { decodeNative, gcpEvents } from './events.ts'
import { mutated } from './testing/functions-framework-mutation.ts'

const BUCKETS = { uploads: 'skyreel-uploads', media: 'skyreel-media' }
const SECRET = 'the database is at 10.0.0.1'
const anEvent = (id = 'evt_1', more: Partial<AnyEvent> = {}): AnyEvent =>
  ({
    ...{ id, type: 'user.registered', source: '/skyreel/outbox', time: '2026-01-02T03:04:05.678Z' },
    data: { userId: 'usr_1' },
    ...more,
  }) as AnyEvent
const pushed = (event: AnyEvent) => ({
  id: '2070443601311540',
  type: 'google.cloud.pubsub.topic.v1.messagePublished',
  data: { message: { data: Buffer.from(JSON.stringify(toWire(event))).toString('base64') } },
})

interface Seen {
  readonly consumed: {
    readonly event: AnyEvent
    readonly attempt: number | undefined
    readonly ctx: Context
  }[]
  readonly kept: ForeignMessage[]
  readonly postponed: (readonly [string, number])[]
}

/** A handler whose consumer says what it is told to, and all that the consumer saw. */
function handlerOf(consume: () => Promise<Verdict>, more: Partial<Consumer> = {}) {
  const seen: Seen = { consumed: [], kept: [], postponed: [] }
  const consumer: Consumer = {
    ...{ name: 'test', timeoutSeconds: 30 },
    consume: (event, attempt, ctx) => {
      seen.consumed.push({ event, attempt, ctx })
      return consume()
    },
    keep: async (message) => void seen.kept.push(message),
    postpone: async (event, afterSeconds) => void seen.postponed.push([event.id, afterSeconds]),
    ...more,
  }
  const log = memoryLog()
  const handle = gcpEvents(async () => consumer, { log, ids: openIds(), buckets: BUCKETS })
  return { handle, seen, log }
}

describe('the handler', () => {
  it('has one parameter, so that the framework waits for no callback', () => {
    expect(handlerOf(async () => done).handle).toHaveLength(1)
  })
  it.each([
    ['done', done],
    ['drop', drop('never')],
  ])('answers nothing for %s', async (_, verdict) => {
    expect(await handlerOf(async () => verdict).handle(pushed(anEvent()))).toBeUndefined()
  })
  it('rejects for a retry', async () => {
    const { handle } = handlerOf(async () => retry(SECRET))
    await expect(handle(pushed(anEvent()))).rejects.toThrow(/^deliver the event again$/)
  })
  it('postpones a retry that names its delay, and is done', async () => {
    const { handle, seen } = handlerOf(async () => retry('later', 90))
    await handle(pushed(anEvent()))
    expect(seen.postponed).toEqual([['evt_1', 90]])
  })
  it('rejects where a retry cannot be postponed', async () => {
    const postpone = () => Promise.reject(new Error(SECRET))
    const { handle } = handlerOf(async () => retry('later', 90), { postpone })
    await expect(handle(pushed(anEvent()))).rejects.toThrow(/^deliver the event again$/)
  })
  it('rejects with nothing of the error when the consumer throws', async () => {
    const { handle } = handlerOf(() => Promise.reject(new Error(SECRET)))
    const error = await handle(pushed(anEvent())).catch((caught: Error) => caught)
    expect(JSON.stringify([(error as Error).message, (error as Error).stack])).not.toContain(SECRET)
  })
  it('logs the error when the consumer throws', async () => {
    const { handle, log } = handlerOf(() => Promise.reject(new Error(SECRET)))
    await handle(pushed(anEvent())).catch(() => undefined)
    expect(log.lines).toMatchObject([{ level: 'error', fields: { error: { message: SECRET } } }])
  })
  it('rejects where a foreign message cannot be kept', async () => {
    const keep = () => Promise.reject(new Error(SECRET))
    await expect(handlerOf(async () => done, { keep }).handle({ message: {} })).rejects.toThrow()
  })
  it('asks again when keeping takes longer than the time limit', async () => {
    const more = { keep: () => new Promise<never>(() => undefined), timeoutSeconds: 0.05 }
    await expect(handlerOf(async () => done, more).handle({ message: {} })).rejects.toThrow('again')
  })
  it('keeps what it cannot read, and is done', async () => {
    const { handle, seen } = handlerOf(async () => done)
    await handle({ message: { attributes: { a: 'b' } } })
    expect(seen.kept).toEqual([
      {
        body: '{"message":{"attributes":{"a":"b"}}}',
        encoding: 'utf8',
        because: 'the message has no data, attributes at most',
      },
    ])
  })
  it('gives a consumer that could not be loaded another chance', async () => {
    let loads = 0
    const seen: string[] = []
    const load = async (): Promise<Consumer> => {
      loads += 1
      if (loads === 1) throw new Error(SECRET)
      const postpone = async () => undefined
      const consume = async (event: AnyEvent) => {
        seen.push(event.id)
        return done
      }
      return { name: 'test', timeoutSeconds: 30, keep: postpone, postpone, consume }
    }
    const handle = gcpEvents(load, { log: memoryLog(), ids: openIds(), buckets: BUCKETS })
    await handle(pushed(anEvent())).catch(() => undefined)
    await handle(pushed(anEvent()))
    expect([loads, seen]).toEqual([2, ['evt_1']])
  })
})

describe('a context of an event', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  const contextOf = async (native: object) => {
    const { handle, seen } = handlerOf(async () => done)
    await handle(native)
    return seen.consumed[0]?.ctx
  }
  it('goes on with the trace of the event, not with that of its delivery', async () => {
    const native = {
      ...pushed(anEvent('evt_1', { traceparent })),
      traceparent: traceparent.replace('0af', '111'),
    }
    expect((await contextOf(native))?.traceparent).toBe(traceparent)
  })
  it('begins a trace where there is none', async () => {
    expect((await contextOf(pushed(anEvent())))?.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  })
  it('has the id of the delivery', async () => {
    expect((await contextOf(pushed(anEvent())))?.requestId).toBe('2070443601311540')
  })
  it('is aborted when the function’s time is up', async () => {
    const consume = async (_: AnyEvent, __: number | undefined, ctx: Context) =>
      ctx.signal.aborted ? done : retry('it has time')
    const { handle } = handlerOf(async () => done, { timeoutSeconds: 0, consume })
    expect(await handle(pushed(anEvent()))).toBeUndefined()
  })
  it('is shared with no event that is handled at the same time', async () => {
    const gate = Promise.withResolvers<Verdict>()
    const { handle, seen } = handlerOf(() => {
      if (seen.consumed.length === 2) gate.resolve(done)
      return gate.promise
    })
    await Promise.all([
      handle({ ...pushed(anEvent('evt_a')), id: 'delivery-a' }),
      handle({ ...pushed(anEvent('evt_b')), id: 'delivery-b' }),
    ])
    expect(seen.consumed.map(({ event, ctx }) => [event.id, ctx.requestId])).toEqual([
      ['evt_a', 'delivery-a'],
      ['evt_b', 'delivery-b'],
    ])
  })
})

const FOLDER = new URL('../../events/samples/gcp/', import.meta.url)
const natives = readdirSync(fileURLToPath(FOLDER))
  .filter((file) => !file.startsWith('http-'))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')).native as unknown)

function wellFormed(decoded: Decoded): boolean {
  if (decoded.is === 'ignored') return typeof decoded.because === 'string'
  if (decoded.is === 'foreign')
    return [decoded.message.body, decoded.message.because].every((text) => typeof text === 'string')
  const { attempt, event } = decoded
  return (
    readEvent(event) === event && (attempt === undefined || (Number.isSafeInteger(attempt) && attempt >= 1))
  )
}

describe('an event that nobody would send', () => {
  it('is decoded well formed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...natives).chain(mutated), async (native) => {
        expect(decodeNative(native, BUCKETS).every(wellFormed)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
  it.each([null, undefined, '', 'text', 7, [], [[]], Number.NaN, new Date(Number.NaN), 1n, Symbol('x')])(
    'is kept: %s',
    (native) => {
      expect(decodeNative(native, BUCKETS)).toMatchObject([{ is: 'foreign' }])
    },
  )
})

describe('generations', () => {
  const versionOf = (generation: unknown) => {
    const object = { bucket: 'skyreel-uploads', name: 'a', size: '1', etag: 'e', generation }
    const type = 'google.cloud.storage.object.v1.finalized'
    const [decoded] = decodeNative({ type, time: '2026-01-02T03:04:05Z', data: object }, BUCKETS)
    return decoded.is === 'event' && decoded.event.type === 'storage.object.created'
      ? decoded.event.data.version
      : undefined
  }
  it('of different length are in order', () => {
    expect(compareVersions(versionOf('999') ?? '', versionOf('1767323045678901') ?? '')).toBeLessThan(0)
  })
  it('keep digits that a number does not hold', () => {
    expect(versionOf('9223372036854775807')).toBe('9223372036854775807')
  })
})
