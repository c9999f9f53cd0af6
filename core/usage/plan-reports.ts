import { DAY_MS, HOUR_MS, later } from './model.ts'
import { priceOf } from './price-usage.ts'
import { type Nano, wholeOf } from './quantity.ts'
import type { ReportKind } from './schema.ts'
import type { Terms } from './terms.ts'

/** An hour with usage that has not been reported. */
export interface OpenHour {
  readonly hour: Date
  /** More than nothing. */
  readonly open: Nano
}

/** How much of an hour goes into a report. */
export interface Part {
  readonly hour: Date
  readonly taken: Nano
}

export interface PlannedReport {
  readonly kind: ReportKind
  readonly parts: readonly Part[]
  readonly quantity: Nano
  /** Of a line; `null` where its price has tiers, or its sum is beyond any amount. */
  readonly amountMinor?: number | null
  /** Of a `final` line. */
  readonly invoiceId?: string | null
}

/** What comes so long after a period's end still passes to the next period's meter: no invoice gets a line for a minute. */
export const GRACE_MS = 2 * HOUR_MS
/** Stripe takes 35 days back (https://docs.stripe.com/api/billing/meter-event/create); a day is left for the way. */
const WINDOW_MS = 34 * DAY_MS

/** Hours that are nobody's to pay: over before the subscription began. */
export const isOwed = ({ hour }: OpenHour, { startedAt }: Terms): boolean =>
  hour.getTime() + HOUR_MS > startedAt.getTime()

/**
 * When the usage of an hour is told to have been: never before the period that it is to be billed in, or it would be
 * added to an invoice that is closed.
 */
export const toldAt = (hour: Date, { periodStart }: Pick<Terms, 'periodStart'>): Date =>
  later(hour, periodStart)

/** What is to be reported of these hours (oldest first) now. */
export function planReports(hours: readonly OpenHour[], terms: Terms, now: Date): readonly PlannedReport[] {
  // Usage may be told a day ahead; the provider takes none of the future.
  const owed = hours.filter((open) => open.hour <= now && isOwed(open, terms))
  const metered = owed.filter((hour) => fitsMeter(hour, terms, now))
  const missed = owed.filter((hour) => !fitsMeter(hour, terms, now))
  return [...asLine('adjustment', missed, terms), ...wholeUnits(metered)]
}

function fitsMeter({ hour }: OpenHour, terms: Terms, now: Date): boolean {
  const start = hour.getTime()
  const inPeriod = start + HOUR_MS > terms.periodStart.getTime() - GRACE_MS
  return inPeriod && toldAt(hour, terms).getTime() > now.getTime() - WINDOW_MS
}

/**
 * One report an hour, of whole units, since Stripe's meters take no others
 * (https://docs.stripe.com/billing/subscriptions/usage-based/recording-usage-api). What is left of an hour is joined by
 * the next hours until it makes a unit: less than one is ever behind, and at the period's end becomes part of a line.
 */
function wholeUnits(hours: readonly OpenHour[]): PlannedReport[] {
  const reports: PlannedReport[] = []
  let carried: Part[] = []
  for (const { hour, open } of hours) {
    const before = sum(carried)
    const quantity = wholeOf(before + open)
    if (quantity === 0n) {
      carried.push({ hour, taken: open })
      continue
    }
    const taken = quantity - before
    reports.push({ kind: 'meter', parts: [...carried, { hour, taken }], quantity })
    carried = open > taken ? [{ hour, taken: open - taken }] : []
  }
  return reports
}

const sum = (parts: readonly Part[]): Nano => parts.reduce((total, { taken }) => total + taken, 0n)

/** All that no meter takes any more as one line, once it is worth the smallest unit of money. */
export function asLine(
  kind: Exclude<ReportKind, 'meter'>,
  hours: readonly OpenHour[],
  { unitAmountDecimal }: Terms,
): PlannedReport[] {
  if (hours.length === 0) return []
  const parts = hours.map(({ hour, open }) => ({ hour, taken: open }))
  const quantity = sum(parts)
  const amountMinor = unitAmountDecimal === null ? null : priceOrNone(quantity, unitAmountDecimal)
  return amountMinor === 0 ? [] : [{ kind, parts, quantity, amountMinor }]
}

/** Null where the sum is beyond any amount: whoever claims so much must not keep the others from being billed. */
function priceOrNone(quantity: Nano, unitAmountDecimal: string): number | null {
  try {
    return priceOf(quantity, unitAmountDecimal)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
