import { endsWithin } from '../../adapters/node/ends-within.ts'
import type { CronFunction } from '../../core/run/function.ts'
import type { Log } from '../../core/run/log.ts'

const UNIT_MS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/** Milliseconds of `'15 minutes'`. */
export function everyMs(every: CronFunction['every']): number {
  const [count, unit = ''] = every.split(' ')
  const unitMs = UNIT_MS[unit.replace(/s$/, '')]
  if (unitMs === undefined) throw new Error(`unknown schedule: ${every}`)
  return Number(count) * unitMs
}

/** Nothing is paid per run here: what a crash left behind is found sooner than in the clouds. */
const SWEEP_MS = 10_000
/** What a timer of Node can wait for; beyond it, it would not wait at all. */
const LONGEST_MS = 2 ** 31 - 1

/** Milliseconds between two runs on this machine: those of every minute are sweeps, and run every ten seconds. */
export function localEveryMs(every: CronFunction['every']): number {
  const ms = everyMs(every)
  return ms <= 60_000 ? Math.min(ms, SWEEP_MS) : Math.min(ms, LONGEST_MS)
}

/**
 * Runs functions in this process: once at the start, which finds what a crash left, and then on their schedules (see
 * `localEveryMs`); a run that is still at work is not started again, one that fails is logged. `stop` waits for runs
 * under way, `stopSeconds` (10) at most.
 */
export function runSchedules(
  functions: readonly CronFunction[],
  { log, stopSeconds = 10 }: { log: Log; stopSeconds?: number },
  run: (fn: CronFunction) => Promise<void>,
): { stop(): Promise<void> } {
  const underWay = new Map<CronFunction, Promise<void>>()
  const start = (fn: CronFunction) => {
    if (underWay.has(fn)) return
    const failed = (error: unknown) => log.error('scheduled run failed', { function: fn.name, error })
    underWay.set(
      fn,
      run(fn)
        .catch(failed)
        .finally(() => underWay.delete(fn)),
    )
  }
  const timers = functions.map((fn) => setInterval(start, localEveryMs(fn.every), fn))
  functions.forEach(start)
  return {
    stop: async () => {
      timers.forEach(clearInterval)
      if (await endsWithin(Promise.all(underWay.values()), stopSeconds)) return
      log.warn('scheduled runs are cut off', { functions: [...underWay.keys()].map((fn) => fn.name) })
    },
  }
}
