import { expect, it } from 'vitest'
import { frameClock, secondsAt } from './grid.ts'

it.each([
  [24_000, 1001],
  [24, 1],
  [25, 1],
  [30_000, 1001],
  [60_000, 1001],
  [10, 1],
  [2997, 125],
  [59, 2],
])('makes a frame of %i/%i whole ticks of its track and of the filters', (num, den) => {
  const { frameDuration, timescale, ticksPerSecond } = frameClock({ num, den })
  expect([frameDuration, (ticksPerSecond * den) / num].map(Number.isInteger)).toEqual([true, true])
  expect(frameDuration / timescale).toBeCloseTo(den / num, 12)
})

it('gives a halved rate the timescale of the rate that it is', () => {
  expect(frameClock({ num: 60_000, den: 2002 })).toEqual(frameClock({ num: 30_000, den: 1001 }))
})

it('counts frames in seconds', () => {
  expect(secondsAt(frameClock({ num: 30_000, den: 1001 }), 180)).toBe(6.006)
})

it.each([
  [0, 1],
  [25, 0],
  [-25, 1],
  [1_000_003, 41_667],
])('refuses the frame rate %i/%i', (num, den) => {
  expect(() => frameClock({ num, den })).toThrow(RangeError)
})
