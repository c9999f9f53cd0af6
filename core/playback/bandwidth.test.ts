import { describe, expect, it } from 'vitest'
import { averageAndPeak, bitRate, targetSeconds, variantBitRate } from './bandwidth.ts'

/** Pieces of `[seconds, bytes]` at 10 ticks a second. */
const pieces = (...list: readonly (readonly [number, number])[]) =>
  list.map(([seconds, sizeBytes], index) => ({
    number: index + 1,
    durationTicks: seconds * 10,
    sizeBytes,
    keyframes: [],
  }))
const track = (...list: readonly (readonly [number, number])[]) => ({
  name: 't',
  codecs: 'c',
  timescale: 10,
  segments: pieces(...list),
})

describe('bitRate', () => {
  it('averages all bits over the whole duration', () => {
    expect(bitRate(pieces([6, 6000], [6, 3000], [3, 1000]), 10, 6).average).toBe(Math.ceil(80_000 / 15))
  })

  it('takes the busiest segment for the peak', () => {
    expect(bitRate(pieces([6, 6000], [6, 9000], [6, 3000]), 10, 6).peak).toBe(12_000)
  })

  it('does not take a short last segment by itself for the peak', () => {
    expect(bitRate(pieces([6, 6000], [6, 6000], [1, 6000]), 10, 6).peak).toBe(Math.ceil(96_000 / 7))
  })

  it('looks at runs of short segments together', () => {
    expect(bitRate(pieces([2, 100], [2, 4000], [2, 4000], [2, 100]), 10, 6).peak).toBe(16_000)
  })

  it('has the average for the peak of a film that is shorter than half the target', () => {
    expect(bitRate(pieces([2, 1000]), 10, 6)).toEqual({ average: 4000, peak: 4000 })
  })

  it('is 0 for nothing', () => {
    expect(bitRate([], 10, 6)).toEqual({ average: 0, peak: 0 })
  })
})

describe('targetSeconds', () => {
  it.each([
    [6.006, 6],
    [6.4, 6],
    [6.5, 7],
    [0.05, 1],
  ])('rounds segments of %d s to %d', (seconds, target) => {
    expect(
      targetSeconds([{ timescale: 1000, pieces: [{ durationTicks: seconds * 1000, sizeBytes: 1 }] }]),
    ).toBe(target)
  })
})

describe('variantBitRate', () => {
  it('adds the heaviest audio of the group to the video', () => {
    const rate = variantBitRate(track([6, 6000]), [track([6, 300]), track([6, 600])], 6)
    expect(rate).toEqual({ average: 8800, peak: 8800 })
  })

  it('is the video alone where there is no audio', () => {
    expect(variantBitRate(track([6, 6000]), [], 6)).toEqual(averageAndPeak(track([6, 6000])))
  })
})
