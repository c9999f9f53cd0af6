import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { at, NOW, tenantId } from '../../adapters/local/testing/usage-desk.ts'
import { currencyOf } from '../billing/money.ts'
import { DAY_MS, HOUR_MS } from './model.ts'
import { type OpenHour, type PlannedReport, planReports, toldAt } from './plan-reports.ts'
import { decimalOf, NANO, nanoOf } from './quantity.ts'
import type { Terms } from './terms.ts'

const TERMS: Terms = {
  ...{ tenant: tenantId(1), meter: 'api_requests', provider: 'stripe', providerCustomerId: 'cus_1' },
  ...{ subscriptionId: 'sub_1', currency: currencyOf('eur'), unitAmountDecimal: '0.5' },
  startedAt: new Date('2026-01-01T10:20:00.000Z'),
  periodStart: new Date('2026-02-01T10:20:00.000Z'),
  periodEnd: new Date('2026-03-01T10:20:00.000Z'),
}
const hour = (text: string, units: string): OpenHour => ({
  hour: new Date(`${text}:00:00.000Z`),
  open: nanoOf(units),
})
const plan = (hours: readonly OpenHour[], terms: Partial<Terms> = {}, now = NOW) =>
  planReports(hours, { ...TERMS, ...terms }, now)
const short = ({ kind, quantity, amountMinor }: PlannedReport) =>
  [kind, decimalOf(quantity), amountMinor].filter((part) => part !== undefined).join(' ')

describe('what is reported', () => {
  it('is whole units of each hour, and less than one is left', () => {
    const hours = [hour('2026-02-10T08', '0.4'), hour('2026-02-10T09', '1.7'), hour('2026-02-10T10', '0.2')]
    const reports = plan(hours)
    expect(reports.map(short)).toEqual(['meter 2'])
  })
  it('never takes more of an hour than it has, and leaves less than a unit', () => {
    const opens = fc.array(fc.bigInt({ min: 1n, max: 5n * NANO }), { maxLength: 40 })
    fc.assert(
      fc.property(opens, (all) => {
        const hours = all.map((open, i) => ({ hour: at(i - 60), open }))
        const taken = new Map<number, bigint>()
        for (const { parts } of plan(hours))
          for (const part of parts)
            taken.set(part.hour.getTime(), (taken.get(part.hour.getTime()) ?? 0n) + part.taken)
        const left = hours.map((one) => one.open - (taken.get(one.hour.getTime()) ?? 0n))
        const rest = left.reduce((sum, open) => sum + open, 0n)
        expect([left.every((open) => open >= 0n), rest < NANO]).toEqual([true, true])
      }),
    )
  })
  it('is nothing of before the subscription', () => {
    expect(plan([hour('2026-01-01T09', '5')])).toEqual([])
  })
  it('is nothing of the future', () => {
    expect(plan([hour('2026-02-10T13', '5')])).toEqual([])
  })
  it('begins with the hour in which the subscription began', () => {
    expect(plan([hour('2026-01-01T10', '5')]).map(short)).toEqual(['adjustment 5 3'])
  })
  it('is a line of the next invoice for a period that is closed', () => {
    expect(plan([hour('2026-01-20T09', '5'), hour('2026-01-21T09', '2.5')]).map(short)).toEqual([
      'adjustment 7.5 4',
    ])
  })
  it('passes to the new period when it came within the grace time', () => {
    expect(plan([hour('2026-02-01T08', '5')]).map(short)).toEqual(['meter 5'])
  })
  it('is a line when the meter’s window is over, even in a period that is open', () => {
    const year = {
      periodStart: new Date('2026-01-01T10:20:00.000Z'),
      periodEnd: new Date('2027-01-01T10:20:00.000Z'),
    }
    const late = new Date(NOW.getTime() + 40 * DAY_MS)
    expect(plan([hour('2026-02-09T09', '5')], year, late).map(short)).toEqual(['adjustment 5 3'])
  })
  it('waits where a line would be over nothing', () => {
    expect(plan([hour('2026-01-20T09', '0.9')])).toEqual([])
  })
  it('has no sum where the price has tiers', () => {
    expect(plan([hour('2026-01-20T09', '5')], { unitAmountDecimal: null })[0]).toMatchObject({
      amountMinor: null,
    })
  })
  it('is told to have been in the period that it is billed in', () => {
    expect(toldAt(new Date(TERMS.periodStart.getTime() - HOUR_MS), TERMS)).toEqual(TERMS.periodStart)
  })
})
