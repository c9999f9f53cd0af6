import { describe, expect, it } from 'vitest'
import { findMoves } from './canary-moves.ts'
import type { Canary, Query } from './column.ts'
import { dryHands } from './dry-hands.ts'
import type { Hands } from './hands.ts'

const answer = <T>(value: T): Query<T> => ({ command: { argv: ['ask'], says: 'ask' }, read: () => value })
const hands: Hands = { ...dryHands(() => undefined), ask: async ({ read }) => read('') }

/** Each function as `serving -> candidate`, or `serving ~> candidate` where a canary of it was stopped. */
function found(functions: Readonly<Record<string, string>>) {
  const part = (name: string, at: number) => functions[name]?.split(' ')[at] ?? ''
  const canary: Canary = {
    unweighted: () => undefined,
    serving: (name) => answer(part(name, 0)),
    candidate: (name) => answer(part(name, 2)),
    halfway: (name) => answer(part(name, 1) === '~>' ? part(name, 2) : undefined),
    previous: () => answer(undefined),
    health: () => answer({ requests: 0, errors: 0, p95Ms: 0 }),
    route: () => [],
    remember: () => [],
  }
  return findMoves({ hands, canary, names: Object.keys(functions) })
}

describe('the functions of a canary', () => {
  it('are those that the release changes; the others served before as they do now', async () => {
    expect(await found({ api: '2 -> 3', sweep: '7 -> 7' })).toEqual({
      moves: [{ name: 'api', from: '2', to: '3' }],
      staying: [{ name: 'sweep', release: '7' }],
    })
  })
  it('may have changed already where a canary goes on: none is taken for one that stays', async () => {
    expect((await found({ api: '2 ~> 3', sweep: '7 -> 7' })).staying).toEqual([])
  })
})
