/** The time. Tests bring their own. */
export interface Clock {
  now(): Date
  /** Resolves after `ms` milliseconds, or at once when the signal aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
