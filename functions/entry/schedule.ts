import type { CronFunction } from '../../core/run/function.ts'

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Milliseconds of `'15 minutes'`. */
export function everyMs(every: CronFunction['every']): number {
  const [count, unit = ''] = every.split(' ')
  const unitMs = UNIT_MS[unit.replace(/s$/, '')]
  if (unitMs === undefined) throw new Error(`unknown schedule: ${every}`)
  return Number(count) * unitMs
}

/** Nothing is paid per run here: what a crash left behind is found sooner than in the clouds. */
const LONGEST_WAIT_MS = 10_000

/**
 * Runs functions on their schedules, but at least every ten seconds, in this process: once at the start, which finds what a crash left, and then at
 * every interval; a run that is still at work is not started again. `stop` waits for runs under way.
 */
export function runSchedules(
  functions: readonly CronFunction[],
  run: (fn: CronFunction) => Promise<void>,
): { stop(): Promise<void> } {
  const underWay = new Map<CronFunction, Promise<void>>()
  const start = (fn: CronFunction) => {
    if (underWay.has(fn)) return
    underWay.set(
      fn,
      run(fn).finally(() => underWay.delete(fn)),
    )
  }
  const timers = functions.map((fn) => setInterval(start, Math.min(everyMs(fn.every), LONGEST_WAIT_MS), fn))
  functions.forEach(start)
  return {
    stop: async () => {
      timers.forEach(clearInterval)
      await Promise.all(underWay.values())
    },
  }
}
