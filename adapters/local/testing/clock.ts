import type { Clock } from '../../../core/ports/clock.ts'

export interface ManualClock extends Clock {
  /** Moves the time; sleepers whose time has come wake up. */
  advance(ms: number): void
  set(now: Date): void
}

/** A clock that stands still until it is moved. */
export function manualClock(start = new Date('2026-01-01T00:00:00.000Z')): ManualClock {
  let now = start.getTime()
  const sleepers = new Set<{ readonly until: number; wake(): void }>()
  const wakeAll = () => {
    for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake()
  }
  const set = (to: number) => {
    now = to
    wakeAll()
  }
  return {
    now: () => new Date(now),
    set: (to) => set(to.getTime()),
    advance: (ms) => set(now + ms),
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const sleeper = { until: now + ms, wake }
        function wake() {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        if (ms <= 0 || signal?.aborted) return resolve()
        sleepers.add(sleeper)
        signal?.addEventListener('abort', wake)
      }),
  }
}
