import type { CronFunction } from '../../core/run/function.ts'

// How each cloud writes "every 15 minutes". What its notation cannot say exactly is refused, never rounded.

type Every = CronFunction['every']

/** Azure's NCRONTAB: cron with the seconds in front. Throws as `unixCron` does. */
export const ncrontab = (every: Every): string => `0 ${unixCron(every)}`

/**
 * The five fields of cron, as Google's Cloud Scheduler takes them. Throws where the interval does not divide the next
 * unit: a step of 7 in the minutes would run at :56 and again at :00.
 */
export function unixCron(every: Every): string {
  const { count, unit } = partsOf(every)
  const step = count === 1 ? '*' : `*/${count}`
  if (unit === 'minute' && divides(count, 60)) return `${step} * * * *`
  if (unit === 'hour' && divides(count, 24)) return `0 ${step} * * *`
  if (unit === 'day' && count === 1) return '0 0 * * *'
  throw new Error(`cron cannot say every ${every}: the count must divide an hour or a day, or be one day`)
}

/** EventBridge Scheduler's rate: `rate(15 minutes)`, and the singular for one. */
export function awsRate(every: Every): string {
  const { count, unit } = partsOf(every)
  return `rate(${count} ${unit}${count === 1 ? '' : 's'})`
}

const divides = (count: number, whole: number) => count < whole && whole % count === 0

function partsOf(every: Every): { count: number; unit: string } {
  const [, digits, unit] = /^(\d+) (minute|hour|day)s?$/.exec(every) ?? []
  const count = Number(digits)
  if (unit === undefined || !(count >= 1)) throw new Error(`unknown schedule: ${every}`)
  return { count, unit }
}
