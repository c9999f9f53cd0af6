import type { Currency } from '../billing/money.ts'
import type { RevenueDay } from './revenue.ts'
import type { Revenue } from './wire.ts'

const FLOWS = [
  'grossMinor',
  'refundsMinor',
  'disputesMinor',
  'feesMinor',
  'taxMinor',
  'startedSubscriptions',
  'endedSubscriptions',
] as const

/** Days as they are shown, with what follows from them. */
export function showRevenue(currency: Currency, days: readonly RevenueDay[]): Revenue {
  const sums = Object.fromEntries(
    FLOWS.map((flow) => [flow, days.reduce((sum, day) => sum + day[flow], 0)]),
  ) as Record<(typeof FLOWS)[number], number>
  return {
    currency,
    days: days.map(({ currency: _, computedAt: __, ...day }) => ({
      ...day,
      netMinor: netOf(day),
      arpuMinor: ratio(day.mrrMinor, day.activeCustomers),
    })),
    total: { ...sums, netMinor: netOf(sums), churnBasisPoints: churnOf(days[0], sums) },
  }
}

const netOf = (of: Pick<RevenueDay, 'grossMinor' | 'refundsMinor' | 'disputesMinor' | 'feesMinor'>) =>
  of.grossMinor - of.refundsMinor - of.disputesMinor - of.feesMinor

/** Those of the beginning: at the first day's end, less what came that day, and what went. */
function churnOf(
  first: RevenueDay | undefined,
  { endedSubscriptions }: Pick<RevenueDay, 'endedSubscriptions'>,
): number | null {
  if (!first) return null
  const before = first.activeSubscriptions - first.startedSubscriptions + first.endedSubscriptions
  return before > 0 ? ratio(endedSubscriptions * 10_000, before) : null
}

/** Half away from zero, without floating point. */
function ratio(amount: number, parts: number): number | null {
  if (parts === 0) return null
  const [whole, by] = [BigInt(amount), BigInt(parts)]
  const half = whole < 0n ? -by : by
  return Number((2n * whole + half) / (2n * by))
}
