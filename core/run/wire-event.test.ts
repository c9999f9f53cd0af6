import { describe, expect, it } from 'vitest'
import { openTestColumn } from '../../adapters/local/testing/column.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { deliver } from './deliver.ts'
import { on } from './function.ts'
import { drop } from './verdict.ts'
import { EventUnreadable, fromWire, toWire } from './wire-event.ts'

const event: AnyEvent = {
  id: 'evt_1',
  type: 'user.registered',
  source: '/skyreel/outbox',
  time: '2026-01-01T00:00:00.000Z',
  data: { userId: 'usr_1' },
}
const wired = (more: object) => toWire({ ...event, ...more } as AnyEvent)

describe('an event from the wire', () => {
  it('is the one that was sent', () => {
    expect(fromWire(JSON.stringify(toWire(event)))).toEqual(event)
  })
  it.each([
    ['an id with a NUL', { id: 'evt\u0000' }],
    ['a source with half a character', { source: '/\ud800' }],
    ['an id that is longer than an index takes', { id: 'x'.repeat(3000) }],
    ['a subject that is no text', { subject: { a: 1 } }],
    ['a trace that is no text', { traceparent: 7 }],
  ])('with %s is none: the database could never tell whether it was handled', (_, more) => {
    expect(() => fromWire(wired(more))).toThrow(EventUnreadable)
  })
  it('can be given up whatever passes', async () => {
    await using column = await openTestColumn()
    const longest = { id: 'ä'.repeat(256), source: '語'.repeat(256), data: { userId: '\ud800' } }
    const given = fromWire(JSON.stringify(wired(longest)))
    const handler = async () => drop('of no use')
    const fn = on({
      ...{ name: 'greeter', type: 'user.registered', uses: {}, memoryMb: 128, timeoutSeconds: 5 },
      ...{ attempts: 2, handler },
    })
    expect(await deliver(fn, given, undefined, column)).toEqual(drop('of no use'))
  })
})
