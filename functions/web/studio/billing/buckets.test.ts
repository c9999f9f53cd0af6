import { expect, it } from 'vitest'
import { buckets, chartStart, roundTop } from './buckets.ts'

const NOW = new Date('2026-03-10T14:20:00Z')

it.each([
  ['hour', '2026-03-08T15:00:00.000Z', 48],
  ['day', '2026-02-09T00:00:00.000Z', 30],
] as const)('by the %s begins at %s and has %d steps', (step, from, count) => {
  const start = chartStart(step, NOW)
  const all = buckets({ from: start.toISOString(), to: NOW.toISOString(), step }, [])
  expect([start.toISOString(), all.length]).toEqual([from, count])
})

it('has a step for what was not used, too', () => {
  const range = { from: '2026-03-10T10:00:00Z', to: '2026-03-10T13:00:00Z', step: 'hour' as const }
  const all = buckets(range, [{ at: '2026-03-10T11:00:00Z', quantity: '2.5' }])
  expect(all.map(({ quantity }) => quantity)).toEqual(['0', '2.5', '0'])
})

it.each([
  [0, 1],
  [0.3, 0.5],
  [2.5, 5],
  [100, 100],
  [101, 200],
  [730, 1000],
])('puts the top of a chart over %d at %d', (highest, top) => {
  expect(roundTop(highest)).toBe(top)
})
