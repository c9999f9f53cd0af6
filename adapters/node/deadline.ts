import { DeadlineReached } from '../../core/http/mount.ts'

export interface Deadline {
  readonly signal: AbortSignal
  /** Aborts for another reason: the client left, the process is told to stop. */
  abort(because: Error): void
  /** Lets go of the timer. Call it when the work is over. */
  end(): void
}

/**
 * Aborts its signal with `DeadlineReached` after so many milliseconds; at once for 0 or less. The timer holds the process:
 * Lambda's runtime has nothing else open while a handler waits, and would end with status 0 instead of answering.
 */
export function openDeadline(milliseconds: number): Deadline {
  const controller = new AbortController()
  const reach = () => controller.abort(new DeadlineReached('the time limit of the function is near'))
  const timer = milliseconds > 0 ? setTimeout(reach, milliseconds) : undefined
  if (timer === undefined) reach()
  return {
    signal: controller.signal,
    abort: (because) => controller.abort(because),
    end: () => clearTimeout(timer),
  }
}
