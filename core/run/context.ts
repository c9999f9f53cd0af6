import type { Log } from './log.ts'

/** What belongs to one invocation and to nothing else. */
export interface Context {
  /** From the client's `x-request-id` where it is well formed, else made by the adapter. */
  readonly requestId: string
  /** W3C Trace Context `traceparent`, carried into every event that this invocation causes. */
  readonly traceparent: string
  /** Aborted when the client leaves, the platform's time limit nears or the process is told to stop. */
  readonly signal: AbortSignal
  readonly log: Log
}
