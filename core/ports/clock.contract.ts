import { expect } from 'vitest'
import { contract, type Gap, type Open } from '../run/contract.ts'
import type { Clock } from './clock.ts'

export interface OpenedClock {
  readonly clock: Clock
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>
}

/** Every promise of the Clock port. */
export function clockContract(title: string, open: Open<OpenedClock>, gaps: readonly Gap[] = []): void {
  contract(title, open, gaps, (rule) => {
    rule('does not go back', async ({ clock, pass }) => {
      const before = clock.now()
      await pass(5)
      expect(clock.now().getTime()).toBeGreaterThan(before.getTime())
    })
    rule('gives a new Date each time', async ({ clock }) => {
      clock.now().setFullYear(1999)
      expect(clock.now().getFullYear()).not.toBe(1999)
    })
    rule('sleeps until the time has passed', async ({ clock, pass }) => {
      const start = clock.now().getTime()
      const slept = clock.sleep(20)
      await pass(30)
      await slept
      // A timer may fire a millisecond early by the wall clock.
      expect(clock.now().getTime() - start).toBeGreaterThanOrEqual(19)
    })
    rule('wakes at once when the signal aborts', async ({ clock }) => {
      const controller = new AbortController()
      const slept = clock.sleep(3_600_000, controller.signal)
      controller.abort()
      await expect(slept).resolves.toBeUndefined()
    })
    rule('does not sleep under a signal that has aborted', async ({ clock }) => {
      await expect(clock.sleep(3_600_000, AbortSignal.abort())).resolves.toBeUndefined()
    })
  })
}
