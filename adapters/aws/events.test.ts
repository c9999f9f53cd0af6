import { describe, expect, it } from 'vitest'
import type { Consumer, ForeignMessage } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import { done, retry, type Verdict } from '../../core/run/verdict.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { memoryLog } from '../local/testing/log.ts'
import { openIds } from '../node/ids.ts'
import { type AwsEventsOptions, awsEvents } from './events.ts'

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const event = (id: string, more: { traceparent?: string } = {}): AnyEvent => ({
  id,
  type: 'user.registered',
  source: 'test',
  time: '2026-01-02T03:04:05.678Z',
  data: { userId: 'usr_1' },
  ...more,
})
const sqs = (messageId: string, body: string = JSON.stringify(toWire(event(messageId))), queue = 'q') => ({
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:us-east-1:1:${queue}`,
  messageId,
  receiptHandle: `handle-${messageId}`,
  attributes: { ApproximateReceiveCount: '1' },
  body,
})
const fifo = (id: string) => sqs(id, undefined, 'q.fifo')
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
})

const UNPOSTPONABLE = 13

/** A consumer that keeps what it is given, and says of an event what `verdict` says. */
function open(verdict: (id: string, ctx: Context) => Promise<Verdict>, more: Partial<AwsEventsOptions> = {}) {
  const seen = {
    consumed: [] as string[],
    attempts: [] as (number | undefined)[],
    contexts: [] as Context[],
    kept: [] as ForeignMessage[],
    postponed: [] as [string, number][],
  }
  const consumer: Consumer = {
    name: 'test',
    timeoutSeconds: 0.3,
    async consume(given, attempt, ctx) {
      seen.consumed.push(given.id)
      seen.attempts.push(attempt)
      seen.contexts.push(ctx)
      return verdict(given.id, ctx)
    },
    async keep(message) {
      seen.kept.push(message)
    },
    async postpone(given, seconds) {
      if (seconds === UNPOSTPONABLE) throw new Error('the database is away')
      seen.postponed.push([given.id, seconds])
    },
  }
  const log = memoryLog()
  const buckets = { uploads: 'skyreel-uploads', media: 'skyreel-media' }
  const handler = awsEvents(async () => consumer, { log, ids: openIds(), buckets, ...more })
  return { handler, log, seen }
}
const always = (verdict: Verdict) => async () => verdict
const throwing = () => Promise.reject(new Error('the database is away'))

describe('a batch of SQS', () => {
  it('is answered by the messages that asked to come again or failed, and by no other', async () => {
    const verdicts: Record<string, () => Promise<Verdict>> = { b: always(retry('later')), c: throwing }
    const { handler } = open((id) => verdicts[id]?.() ?? always(done)())
    expect(await handler({ Records: ['a', 'b', 'c', 'd'].map((id) => sqs(id)) })).toEqual(failures('b', 'c'))
  })
  it('names every message where every one fails', async () => {
    const { handler } = open(throwing)
    expect(await handler({ Records: [sqs('a'), sqs('b')] })).toEqual(failures('a', 'b'))
  })
  it('gives the count of receptions as attempt', async () => {
    const { handler, seen } = open(always(done))
    await handler({ Records: [{ ...sqs('a'), attributes: { ApproximateReceiveCount: '4' } }] })
    expect(seen.attempts).toEqual([4])
  })
  it('keeps what is no event and does not ask for it again', async () => {
    const { handler, seen } = open(always(done))
    expect(await handler({ Records: [sqs('a', 'hello'), sqs('b')] })).toEqual(failures())
    expect(seen).toMatchObject({ kept: [{ body: 'hello', encoding: 'utf8' }], consumed: ['b'] })
  })
  it('takes what Lambda has given up and put into the queue as it came', async () => {
    const { handler, seen } = open(always(done))
    const bus = {
      version: '0',
      source: 'skyreel',
      'detail-type': 'user.registered',
      detail: toWire(event('late')),
    }
    await handler({ Records: [sqs('a', JSON.stringify(bus))] })
    expect(seen.consumed).toEqual(['late'])
  })
  it('keeps a message whose list of records is empty', async () => {
    const { handler, seen } = open(always(done))
    await handler({ Records: [sqs('a', '{"Records":[]}')] })
    expect(seen.kept).toMatchObject([{ body: '{"Records":[]}' }])
  })
  it('hides a message for as long as the consumer says', async () => {
    const delayed: unknown[] = []
    const delay = async (...given: unknown[]) => void delayed.push(given)
    const { handler } = open(always(retry('later', 90)), { delay })
    expect(await handler({ Records: [sqs('a')] })).toEqual(failures('a'))
    expect(delayed).toEqual([
      [{ eventSourceARN: 'arn:aws:sqs:us-east-1:1:q', receiptHandle: 'handle-a' }, 90],
    ])
  })
  it('still asks for a message that could not be hidden', async () => {
    const { handler, log } = open(always(retry('later', 90)), { delay: throwing })
    expect(await handler({ Records: [sqs('a')] })).toEqual(failures('a'))
    expect(log.lines.map(({ message }) => message)).toEqual(['a message could not be delayed'])
  })
  it('loses to a consumer that hangs its own message alone', async () => {
    const { handler } = open((id) => (id === 'a' ? new Promise(() => undefined) : always(done)()))
    expect(await handler({ Records: [sqs('a'), sqs('b')] })).toEqual(failures('a'))
  })
  it('fails as a whole where a message that must come again has no id', async () => {
    const { handler } = open(always(retry('later')))
    await expect(handler({ Records: [{ ...sqs('a'), messageId: '' }] })).rejects.toThrow('without an id')
  })
})

describe('a batch of a FIFO queue', () => {
  it('stops at the first failure and asks for it and all behind it', async () => {
    const { handler, seen } = open(async (id) => (id === 'b' ? retry('later') : done))
    expect(await handler({ Records: ['a', 'b', 'c', 'd'].map(fifo) })).toEqual(failures('b', 'c', 'd'))
    expect(seen.consumed).toEqual(['a', 'b'])
  })
  it('is what its name says, though fair queues tell groups too', async () => {
    const { handler } = open(async (id) => (id === 'a' ? retry('later') : done))
    const fair = { ...sqs('a'), attributes: { ApproximateReceiveCount: '1', MessageGroupId: 'g' } }
    expect(await handler({ Records: [fair, sqs('b')] })).toEqual(failures('a'))
  })
})

describe('a direct invocation', () => {
  const wire = toWire(event('a'))

  it('does not know the attempt', async () => {
    const { handler, seen } = open(always(done))
    await handler(wire)
    expect(seen.attempts).toEqual([undefined])
  })
  it('is thrown back to Lambda where the consumer asks for it again', async () => {
    await expect(open(always(retry('later'))).handler(wire)).rejects.toThrow('must be given the event again')
  })
  it('is postponed where the consumer names a delay', async () => {
    const { handler, seen } = open(always(retry('later', 90)))
    await handler(wire)
    expect(seen.postponed).toEqual([['a', 90]])
  })
  it('is thrown back where it could not be postponed', async () => {
    await expect(open(always(retry('later', UNPOSTPONABLE))).handler(wire)).rejects.toThrow('again')
  })
  it('is thrown back whole where one of its events names a delay and another none', async () => {
    const { handler, seen } = open(async (id) => (id === 'a' ? retry('later', 90) : retry('later')))
    const sns = (id: string) => ({
      EventSource: 'aws:sns',
      Sns: { Message: JSON.stringify(toWire(event(id))) },
    })
    await expect(handler({ Records: [sns('a'), sns('b')] })).rejects.toThrow('again')
    expect(seen.postponed).toEqual([])
  })
  it('is thrown back with a message of ours: what failed is in the log, where secrets are hidden', async () => {
    const { handler, log } = open(throwing)
    await expect(handler(wire)).rejects.not.toThrow('database')
    expect(log.lines[0]?.fields.error).toMatchObject({ message: 'the database is away' })
  })
  it('that is no event is kept', async () => {
    const { handler, seen } = open(always(done))
    await handler({ hello: 1 })
    expect(seen.kept).toMatchObject([{ body: '{"hello":1}', encoding: 'utf8' }])
  })
  it('that Postgres could not keep as text is kept as base64', async () => {
    const { handler, seen } = open(always(done))
    const Message = '"a\0b'
    await handler({ Type: 'Notification', Message })
    expect(seen.kept).toMatchObject([{ body: Buffer.from(Message).toString('base64'), encoding: 'base64' }])
  })
})

describe('the context', () => {
  it('carries the trace of each event on', async () => {
    const { handler, seen } = open(always(done))
    await handler(toWire(event('a', { traceparent })))
    expect(seen.contexts[0]?.traceparent).toBe(traceparent)
  })
  it('begins a trace where the event has a broken one', async () => {
    const { handler, seen } = open(always(done))
    await handler(toWire(event('a', { traceparent: 'x' })))
    expect(seen.contexts[0]?.traceparent).toMatch(/^00-[0-9a-f]{32}-/)
  })
  it('names event and function on each line of the log', async () => {
    const { handler, log } = open(async (_, ctx) => {
      ctx.log.info('here')
      return done
    })
    await handler(toWire(event('a')))
    expect(log.lines[0]?.fields).toMatchObject({ function: 'test', event: 'a', type: 'user.registered' })
  })
  it('is of one event alone, though a batch is handled side by side', async () => {
    const { handler, log } = open(async (id, ctx) => {
      await new Promise((resolve) => setTimeout(resolve, id === 'a' ? 20 : 1))
      ctx.log.info(id)
      return done
    })
    await handler({ Records: [sqs('a'), sqs('b'), sqs('c')] })
    expect(log.lines.every(({ message, fields }) => fields.event === message)).toBe(true)
  })
  it('is told that the time is up', async () => {
    const { handler, seen } = open(() => new Promise(() => undefined))
    await handler({ Records: [sqs('a')] }, { getRemainingTimeInMillis: () => 400 })
    expect(seen.contexts[0]?.signal.aborted).toBe(true)
  })
})

it('throws for Lambda to call again where the consumer cannot be loaded', async () => {
  const log = memoryLog()
  const options = { log, ids: openIds(), buckets: { uploads: 'u', media: 'm' } }
  const handler = awsEvents(() => Promise.reject(new Error('no module')), options)
  await expect(handler(toWire(event('a')))).rejects.toThrow('could not be loaded')
  expect(log.lines).toMatchObject([{ level: 'error', message: 'the function could not be loaded' }])
})
