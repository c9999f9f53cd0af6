import { describe, expect, it } from 'vitest'
import type { Rational } from '../../core/ports/media.ts'
import { gridRate, parseRate } from './probe-rate.ts'

const even = (perSecond: number, count = 60) => Array.from({ length: count }, (_, n) => n / perSecond)
const steady = (text: string) => {
  const rate = parseRate(text)
  const times = rate ? even(rate.num / rate.den) : []
  return gridRate({ nominal: rate, average: rate, runs: [times, times] })
}
const text = ({ num, den }: Rational) => `${num}/${den}`

describe('the rate of the output grid', () => {
  it.each([
    ['24000/1001', '24000/1001'],
    ['2997/125', '24000/1001'],
    ['24/1', '24/1'],
    ['19001/317', '60000/1001'],
    ['10/1', '10/1'],
    ['15000/1001', '15000/1001'],
    ['25/2', '25/2'],
    ['1000000/66667', '15/1'],
    ['120/1', '60/1'],
    ['120000/1001', '60000/1001'],
    ['240/1', '60/1'],
    ['72/1', '36/1'],
    ['1/1', '5/1'],
    ['2/1', '6/1'],
  ])('of a steady source at %s is %s', (source, grid) => {
    expect([text(steady(source).rate), steady(source).variable]).toEqual([grid, false])
  })

  it.each([
    ['26777/1000', '25/1'],
    ['137/10', '15/1'],
    ['1723/30', '60000/1001'],
  ])('of a steady source at the odd rate %s is %s and counts as varying', (source, grid) => {
    expect([text(steady(source).rate), steady(source).variable]).toEqual([grid, true])
  })

  it('is that of the frames where the container only tells the tick of its clock', () => {
    const average = { num: 30, den: 1 }
    expect(gridRate({ nominal: { num: 1000, den: 1 }, average, runs: [even(30)] })).toEqual({
      rate: { num: 30, den: 1 },
      variable: false,
    })
  })

  it('bears a clock of whole milliseconds', () => {
    const times = even(30000 / 1001).map((time) => Math.round(time * 1000) / 1000)
    const rate = { num: 30000, den: 1001 }
    expect(gridRate({ nominal: rate, average: rate, runs: [times] })).toEqual({ rate, variable: false })
  })

  it('stays through single holes', () => {
    const times = even(25, 100).filter((_, n) => n !== 50)
    const rate = { num: 25, den: 1 }
    expect(gridRate({ nominal: rate, average: rate, runs: [times] })).toEqual({ rate, variable: false })
  })

  it('is common and nearest where the two ends of the film differ', () => {
    const average = { num: 225, den: 10 }
    expect(gridRate({ nominal: { num: 30, den: 1 }, average, runs: [even(30), even(15)] })).toEqual({
      rate: { num: 24000, den: 1001 },
      variable: true,
    })
  })

  it('is 25 where nothing is known', () => {
    expect(gridRate({ nominal: undefined, average: undefined, runs: [[]] })).toEqual({
      rate: { num: 25, den: 1 },
      variable: true,
    })
  })

  it.each(['0/0', 'N/A', '', '25/0', undefined])('takes %j for no rate', (rate) => {
    expect(parseRate(rate)).toBeUndefined()
  })
})
