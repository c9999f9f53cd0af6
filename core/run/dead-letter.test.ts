import { describe, expect, it } from 'vitest'
import { openTestColumn, type TestColumn, testContext } from '../../adapters/local/testing/column.ts'
import type { Ports } from '../ports/ports.ts'
import { findDeadLetter, outcomeOf, replay, waitingDeadLetters } from './dead-letter.ts'
import { concerns, deliver } from './deliver.ts'
import { commit } from './emit.ts'
import { on } from './function.ts'
import { done, drop } from './verdict.ts'

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
      wants: (event: Parameters<typeof concerns>[1]) => concerns(fn, event),
      deliver: (event: Parameters<typeof concerns>[1], attempt: number) =>
        deliver(fn, event, attempt, { ports, ctx: testContext() }),
    }))
  const column = await openTestColumn({ subscribers })
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
  it('stays where the bus refuses its event', async () => {
    await using at = await openMail()
    const bus = { publish: () => Promise.reject(new Error('bus down')) }
    await expect(replay({ ...at.ports, bus }, await theLetter(at))).rejects.toThrow('bus down')
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
