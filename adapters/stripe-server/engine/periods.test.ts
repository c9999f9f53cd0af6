import { describe, expect, it } from 'vitest'
import type { Recurring } from './objects.ts'
import { nextPeriodEnd } from './periods.ts'

const every = (interval: Recurring['interval'], interval_count = 1): Recurring => ({
  interval,
  interval_count,
  meter: null,
  usage_type: 'licensed',
})
const at = (text: string): number => Date.parse(text) / 1000

describe('the end of a period', () => {
  it('is the last day of a month that is too short, and the 31st again after it', () => {
    const anchor = at('2026-01-31T10:00:00Z')
    const february = nextPeriodEnd(anchor, every('month'), anchor)
    const march = nextPeriodEnd(anchor, every('month'), february)
    expect([february, march]).toEqual([at('2026-02-28T10:00:00Z'), at('2026-03-31T10:00:00Z')])
  })

  it('of a year from a leap day is the 28th of February', () => {
    const anchor = at('2028-02-29T00:00:00Z')
    expect(nextPeriodEnd(anchor, every('year'), anchor)).toBe(at('2029-02-28T00:00:00Z'))
  })

  it('is found for an anchor that is long ago', () => {
    const anchor = at('2001-05-31T00:00:00Z')
    expect(nextPeriodEnd(anchor, every('month'), at('2026-06-29T23:59:59Z'))).toBe(at('2026-06-30T00:00:00Z'))
  })

  it('counts several weeks from the anchor', () => {
    const anchor = at('2026-01-01T00:00:00Z')
    expect(nextPeriodEnd(anchor, every('week', 2), anchor + 1)).toBe(at('2026-01-15T00:00:00Z'))
  })
})
