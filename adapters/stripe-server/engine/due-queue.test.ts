import { expect, it } from 'vitest'
import { runDue, type Subject } from './due-queue.ts'

/** Comes up at each of these times. */
function timer(name: string, times: number[], said: string[]): Subject {
  return {
    next() {
      const [at] = times
      if (at === undefined) return undefined
      const run = () => {
        times.shift()
        said.push(`${name}${at}`)
      }
      return { at, run }
    },
  }
}

it('runs what is due in the order of time, over all subjects', () => {
  const said: string[] = []
  const subjects = [timer('a', [1, 5, 9], said), timer('b', [2, 4, 20], said), timer('c', [3, 6, 7], said)]
  runDue(subjects, 10, () => undefined)
  expect(said).toEqual(['a1', 'b2', 'c3', 'b4', 'a5', 'c6', 'c7', 'a9'])
})

it('leaves what is later, to the second', () => {
  const said: string[] = []
  runDue([timer('a', [10, 11], said)], 10, () => undefined)
  expect(said).toEqual(['a10'])
})

it('tells the time before each step', () => {
  const times: number[] = []
  runDue([timer('a', [3, 8], [])], 10, (at) => times.push(at))
  expect(times).toEqual([3, 8])
})
