import { describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn, testContext } from '../../adapters/local/testing/column.ts'
import type { Ports } from '../ports/ports.ts'
import { consumerOf } from './consume.ts'
import { findDeadLetter, NotReplayable, outcomeOf, replay, waitingDeadLetters } from './dead-letter.ts'
import { concerns, deliver } from './deliver.ts'
import { commit } from './emit.ts'
import { on } from './function.ts'
import { done, drop } from './verdict.ts'
import { fromWire } from './wire-event.ts'

/** Two functions on the real bus: `mailer` fails as long as `broken` says so, `counter` never does. */
async function openMail() {
  const seen = { mailer: 0, counter: 0 }
  let broken = true
  const make = (name: keyof typeof seen, fails: () => boolean) =>
    on({
      name,
      type: 'user.registered',
      uses: {},
      attempts: 1,
      memoryMb: 128,
      timeoutSeconds: 5,
      handler: async () => {
        seen[name] += 1
        return fails() ? drop('no mail today') : done
      },
    })
  const functions = [make('mailer', () => broken), make('counter', () => false)]
  const subscribers = (ports: Ports) =>
    functions.map((fn) => ({
      name: fn.name,
      wants: (event: Parameters<typeof concerns>[1]) => concerns(fn, event),
      deliver: (event: Parameters<typeof concerns>[1], attempt: number) =>
        deliver(fn, event, attempt, { ports, ctx: testContext() }),
    }))
  const column = await openTestColumn({ subscribers, consumers: ['mailer', 'counter'] })
  await commit(column.ports, column.ctx, (_, emit) =>
    emit({ type: 'user.registered', data: { userId: 'usr_1' } }),
  )
  await column.drain()
  column.clock.advance(1000)
  const mend = () => {
    broken = false
  }
  return Object.assign(column, { seen, mend })
}

const oddEvent = {
  id: 'evt_1',
  type: 'user.registered',
  source: '/elsewhere',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: 'a\u0000b' },
} as const

const deaf = on({
  name: 'deaf',
  type: 'user.registered',
  uses: {},
  attempts: 1,
  memoryMb: 128,
  timeoutSeconds: 5,
  handler: async () => done,
})

async function theLetter({ ports }: TestColumn) {
  const [letter, ...more] = await waitingDeadLetters(ports)
  if (!letter || more.length > 0) throw new Error(`${more.length + (letter ? 1 : 0)} letters wait, not one`)
  return letter
}

describe('a dead letter', () => {
  it('waits with the reason and the function that gave it up', async () => {
    await using at = await openMail()
    expect(await theLetter(at)).toMatchObject({
      consumer: 'mailer',
      reason: 'no mail today',
      replayedAt: null,
    })
  })
  it('that is replayed reaches the function that gave it up, and is done with', async () => {
    await using at = await openMail()
    at.mend()
    const letter = await theLetter(at)
    await replay(at.ports, letter)
    await at.drain()
    expect([at.seen.mailer, await outcomeOf(at.ports, letter), await waitingDeadLetters(at.ports)]).toEqual([
      2,
      done,
      [],
    ])
  })
  it('that is replayed does not reach a function again that handled its event', async () => {
    await using at = await openMail()
    await replay(at.ports, await theLetter(at))
    await at.drain()
    expect(at.seen).toEqual({ mailer: 2, counter: 1 })
  })
  it('of a foreign message goes before its function again as it came', async () => {
    await using at = await openTestColumn()
    const foreign = { body: 'no event', encoding: 'utf8', because: 'the message is not JSON' } as const
    const sent: [string, string][] = []
    const queue = { send: async (consumer: string, body: string) => void sent.push([consumer, body]) }
    await consumerOf(deaf, at.ports).keep(foreign, at.ctx)
    await replay({ ...at.ports, queue }, await theLetter(at))
    expect(sent).toEqual([['deaf', 'no event']])
  })
  it.each([
    [
      'a message',
      (at: TestColumn) =>
        consumerOf(deaf, at.ports).keep({ body: 'a\u0000b', encoding: 'utf8', because: 'odd' }, at.ctx),
    ],
    [
      'an event',
      (at: TestColumn) => deliver({ ...deaf, handler: async () => drop('odd \u0000') }, oddEvent, 1, at),
    ],
  ])('keeps %s with a NUL, which the database does not take as text', async (_, giveUp) => {
    await using at = await openTestColumn()
    await giveUp(at)
    expect(await theLetter(at)).toMatchObject({ foreignMessage: { encoding: 'base64' } })
  })
  it('of an event with a NUL goes before its function again, for as JSON it is text', async () => {
    await using at = await openTestColumn()
    const sent: string[] = []
    const queue = { send: async (_: string, body: string) => void sent.push(body) }
    await deliver({ ...deaf, handler: async () => drop('odd') }, oddEvent, 1, at)
    await replay({ ...at.ports, queue }, await theLetter(at))
    expect(sent.map(fromWire)).toEqual([oddEvent])
  })
  it('keeps a message with half a character, which the database does not take', async () => {
    await using at = await openTestColumn()
    const foreign = { body: 'a\ud800b', encoding: 'utf8', because: 'odd' } as const
    await consumerOf(deaf, at.ports).keep(foreign, at.ctx)
    expect(await theLetter(at)).toMatchObject({ foreignMessage: { encoding: 'base64' } })
  })
  it('of bytes that are no text cannot be replayed, and says so', async () => {
    await using at = await openTestColumn()
    const foreign = { body: '//4=', encoding: 'base64', because: 'the message is no UTF-8' } as const
    await consumerOf(deaf, at.ports).keep(foreign, at.ctx)
    await expect(replay(at.ports, await theLetter(at))).rejects.toThrow(NotReplayable)
  })
  it('that is given up again is followed by a new one', async () => {
    await using at = await openMail()
    const letter = await theLetter(at)
    await replay(at.ports, letter)
    await at.drain()
    const next = await theLetter(at)
    expect([next.id === letter.id, next.envelope]).toEqual([false, letter.envelope])
  })
  it('that was given up again tells the new reason', async () => {
    await using at = await openMail()
    const letter = await theLetter(at)
    await replay(at.ports, letter)
    await at.drain()
    expect(await outcomeOf(at.ports, letter)).toEqual(drop('no mail today'))
  })
  it('has no outcome before it is replayed', async () => {
    await using at = await openMail()
    expect(await outcomeOf(at.ports, await theLetter(at))).toBeUndefined()
  })
  it('stays where the queue refuses its event', async () => {
    await using at = await openMail()
    const queue = { send: () => Promise.reject(new Error('queue down')) }
    await expect(replay({ ...at.ports, queue }, await theLetter(at))).rejects.toThrow('queue down')
    expect(await waitingDeadLetters(at.ports)).toHaveLength(1)
  })
  it('is found by its id, also when it was replayed', async () => {
    await using at = await openMail()
    const letter = await theLetter(at)
    at.mend()
    await replay(at.ports, letter)
    expect((await findDeadLetter(at.ports, letter.id))?.replayedAt).toEqual(at.clock.now())
  })
})
