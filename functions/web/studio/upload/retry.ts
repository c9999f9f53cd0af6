import { ApiProblem, Unreachable } from '../../kit/problem.ts'
import { pause } from '../../kit/wait.ts'
import { PartRefused } from './put-part.ts'

export interface RetryPlan {
  /** Milliseconds to wait before each new try; as many tries as entries, and the first one. */
  readonly waits: readonly number[]
  readonly signal: AbortSignal
  /** Told before each wait, so that the page can say why nothing moves. */
  readonly onTrouble?: (error: unknown, waitMs: number) => void
}

/** Half a second to half a minute: rides out two minutes without a network. */
export const WAITS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 30_000, 30_000] as const

/** Tries `work` again while the trouble may pass by itself. Throws the last error, or at once what will not pass. */
export async function persist<T>(work: () => Promise<T>, plan: RetryPlan): Promise<T> {
  for (const wait of plan.waits) {
    try {
      return await work()
    } catch (error) {
      if (!mayPass(error)) throw error
      plan.onTrouble?.(error, wait)
      await pause(wait, plan.signal)
    }
  }
  return await work()
}

/** A 403 of the store may pass, since each try signs anew. */
export function mayPass(error: unknown): boolean {
  if (error instanceof Unreachable) return true
  if (error instanceof PartRefused) return error.status === 403 || passes(error.status)
  return error instanceof ApiProblem && passes(error.facts.status)
}

const passes = (status: number) => status >= 500 || status === 408 || status === 429
