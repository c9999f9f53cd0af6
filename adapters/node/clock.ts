import { setTimeout as timeout } from 'node:timers/promises'
import type { Clock } from '../../core/ports/clock.ts'

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(ms, signal) {
    try {
      await timeout(ms, undefined, signal ? { signal } : {})
    } catch (error) {
      if (!signal?.aborted) throw error
    }
  },
}
