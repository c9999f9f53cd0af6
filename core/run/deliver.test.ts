import { describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn } from '../../adapters/local/testing/column.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { waitingDeadLetters } from './dead-letter.ts'
import { concerns, deliver } from './deliver.ts'
import { on } from './function.ts'
import { done, drop, retry, type Verdict } from './verdict.ts'

const event: AnyEvent = {
  id: 'evt_1',
  type: 'user.registered',
  source: '/skyreel/outbox',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: 'usr_1' },
}

/** A function with two attempts that answers these verdicts in turn (an error is thrown), and the attempts that it saw. */
function consumer(...answers: readonly (Verdict | Error)[]) {
  const attempts: number[] = []
  const fn = on({
    name: 'greeter',
    type: 'user.registered',
    uses: {},
    attempts: 2,
    memoryMb: 128,
    timeoutSeconds: 5,
    handler: async ({ attempt }) => {
      const answer = answers[attempts.push(attempt) - 1]
      if (!answer || answer instanceof Error) throw answer ?? new Error('asked too often')
      return answer
    },
  })
  return { fn, attempts }
}
const buried = async ({ ports }: TestColumn) =>
  (await waitingDeadLetters(ports)).map(({ consumer: by, reason, envelope }) => ({ by, reason, envelope }))

describe('delivering an event', () => {
  it('tells the function which attempt it is', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(retry('not yet'), done)
    for (const attempt of [1, 2]) await deliver(fn, event, attempt, column)
    expect(attempts).toEqual([1, 2])
  })
  it('is counted here where the platform does not tell', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(retry('not yet'), retry('still not'))
    for (const _ of [1, 2]) await deliver(fn, event, undefined, column)
    expect([attempts, await buried(column)]).toEqual([
      [1, 2],
      [{ by: 'greeter', reason: 'still not', envelope: event }],
    ])
  })
  it('that never comes to an end is given up after its attempts', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer()
    const handler = ({ attempt }: { attempt: number }) => {
      attempts.push(attempt)
      return new Promise<never>(() => undefined)
    }
    const hangs = { ...fn, handler }
    for (const nth of [1, 2]) {
      void deliver(hangs, event, undefined, column)
      await expect.poll(() => attempts.length).toBe(nth)
    }
    await deliver(hangs, event, undefined, column)
    expect([attempts, (await buried(column)).map(({ reason }) => reason)]).toEqual([
      [1, 2],
      ['it was delivered 2 times and never came to an end'],
    ])
  })
  it('that the platform could not bring for longer than its attempts comes to the function once', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(done)
    expect([await deliver(fn, event, 9, column), attempts, await buried(column)]).toEqual([done, [2], []])
  })
  it('that kills the function beyond its attempts is given up by the next delivery', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer()
    const handler = ({ attempt }: { attempt: number }) => {
      attempts.push(attempt)
      return new Promise<never>(() => undefined)
    }
    void deliver({ ...fn, handler }, event, 9, column)
    await expect.poll(() => attempts.length).toBe(1)
    await deliver({ ...fn, handler }, event, 10, column)
    expect([attempts, (await buried(column)).map(({ reason }) => reason)]).toEqual([
      [2],
      ['it was delivered 2 times and never came to an end'],
    ])
  })
  it('begins to count anew once it was settled', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(retry('not yet'), drop('of no use'), drop('again'))
    for (const _ of [1, 2, 3]) await deliver(fn, event, undefined, column)
    expect(attempts).toEqual([1, 2, 1])
  })
  it('that asked for a delay goes on counting when it comes as a new message', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(retry('not yet', 60), done)
    for (const _ of [1, 2]) await deliver(fn, event, 1, column)
    expect(attempts).toEqual([1, 2])
  })
  it('that was handled before answers done and does not call the function again', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(done)
    const verdicts = [await deliver(fn, event, 1, column), await deliver(fn, event, 1, column)]
    expect([verdicts, attempts]).toEqual([[done, done], [1]])
  })
  it('with the same id from another source is another event', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(done, done)
    for (const source of ['/skyreel/outbox', '/elsewhere']) await deliver(fn, { ...event, source }, 1, column)
    expect(attempts).toHaveLength(2)
  })
  it('to one function leaves it open for another', async () => {
    await using column = await openTestColumn()
    const [one, other] = [consumer(done), consumer(done)]
    await deliver(one.fn, event, 1, column)
    await deliver({ ...other.fn, name: 'counter' }, event, 1, column)
    expect(other.attempts).toEqual([1])
  })
  it('to a function that throws is a retry with the error’s words', async () => {
    await using column = await openTestColumn()
    expect(await deliver(consumer(new Error('no luck')).fn, event, 1, column)).toEqual(retry('no luck'))
  })
  it('that is to be tried again is not handled, and not given up', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer(retry('not yet'), done)
    await deliver(fn, event, 1, column)
    await deliver(fn, event, 1, column)
    expect([attempts, await buried(column)]).toEqual([[1, 1], []])
  })
  it.each([
    ['a retry', retry('still not')],
    ['an error', new Error('still not')],
  ])('that ends its last attempt with %s becomes a dead letter, whole', async (_, answer) => {
    await using column = await openTestColumn()
    const verdict = await deliver(consumer(answer).fn, event, 2, column)
    const letters = [{ by: 'greeter', reason: 'still not', envelope: event }]
    expect([verdict, await buried(column)]).toEqual([drop('still not'), letters])
  })
  it('that is dropped becomes a dead letter at once', async () => {
    await using column = await openTestColumn()
    const verdict = await deliver(consumer(drop('nonsense')).fn, event, 1, column)
    expect([verdict, (await buried(column)).map(({ reason }) => reason)]).toEqual([
      drop('nonsense'),
      ['nonsense'],
    ])
  })
  it('of another type is done without a word', async () => {
    await using column = await openTestColumn()
    const { fn, attempts } = consumer()
    const other = { ...event, type: 'video.deleted', data: { videoId: 'vid_1' } } as AnyEvent
    expect([await deliver(fn, other, 1, column), attempts]).toEqual([done, []])
  })
  it('throws where the database cannot be reached, so that the bus delivers again', async () => {
    await using column = await openTestColumn()
    await column.ports.db.execute('drop table inbox')
    await expect(deliver(consumer(done).fn, event, 1, column)).rejects.toThrow('inbox')
  })
})

describe('an event of the object store', () => {
  const created = (bucket: string) =>
    ({
      id: 'o1',
      type: 'storage.object.created',
      source: '/store',
      time: '2026-01-01T00:00:00.000Z',
      data: { bucket, key: 'k', etag: 'e', sizeBytes: 1 },
    }) as unknown as AnyEvent
  it.each([
    ['uploads', true],
    ['media', false],
  ])('of the bucket %s concerns a function of uploads: %s', (bucket, does) => {
    expect(concerns({ type: 'storage.object.created', bucket: 'uploads' }, created(bucket))).toBe(does)
  })
  it('of any bucket concerns a function that names none', () => {
    expect(concerns({ type: 'storage.object.created' }, created('media'))).toBe(true)
  })
})
