import type { Recurring } from './objects.ts'

export const DAY = 86_400
const MONTHS = { month: 1, year: 12 }

/** The end of the nth period after the anchor. A month that is too short ends on its last day, the next one does not. */
export function periodEnd(anchor: number, every: Recurring, nth: number): number {
  const count = every.interval_count * nth
  if (every.interval === 'day') return anchor + count * DAY
  if (every.interval === 'week') return anchor + count * 7 * DAY
  return addMonths(anchor, count * MONTHS[every.interval])
}

/** The first end of a period that is after `after`, of those that the anchor gives. */
export function nextPeriodEnd(anchor: number, every: Recurring, after: number): number {
  // The guess is at most two short, so that this ends at once however long ago the anchor was.
  let nth = Math.max(1, Math.floor((after - anchor) / longest(every)) - 1)
  while (periodEnd(anchor, every, nth) <= after) nth += 1
  return periodEnd(anchor, every, nth)
}

const LONGEST_DAYS = { day: 1, week: 7, month: 31, year: 366 }
const longest = (every: Recurring) => LONGEST_DAYS[every.interval] * every.interval_count * DAY

function addMonths(anchor: number, months: number): number {
  const from = new Date(anchor * 1000)
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + months, 1)
  const days = new Date(first)
  const last = new Date(Date.UTC(days.getUTCFullYear(), days.getUTCMonth() + 1, 0)).getUTCDate()
  const day = Math.min(from.getUTCDate(), last)
  return first / 1000 + (day - 1) * DAY + (anchor % DAY)
}

/** As Stripe writes a day in the description of a line: `21 Nov 2026`. */
export function dayText(seconds: number): string {
  const [, day, month, year] = new Date(seconds * 1000).toUTCString().split(' ')
  return `${day} ${month} ${year}`
}
