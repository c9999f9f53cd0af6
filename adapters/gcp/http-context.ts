import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { newTrace, readRequestId, readTraceparent } from '../../core/run/trace.ts'

/** What the headers say of an invocation, each field as it came. */
export interface Told {
  readonly requestId?: unknown
  /** The id that Google's own log lines of this invocation carry. */
  readonly executionId?: unknown
  readonly traceparent?: unknown
  /** Google's older header: `<trace>/<span>;o=<sampled>`. */
  readonly cloudTrace?: unknown
}

/** The Context of one invocation: its own ids wherever the caller's are missing or malformed. */
export function contextOf(told: Told, signal: AbortSignal, { ids, log }: { ids: Ids; log: Log }): Context {
  const own = ids.uuid()
  const requestId = readRequestId(told.requestId) ?? readRequestId(told.executionId) ?? own
  const traceparent = readTraceparent(told.traceparent) ?? fromCloudTrace(told.cloudTrace) ?? newTrace(own)
  return { requestId, traceparent, signal, log: log.with({ requestId, traceparent }) }
}

const CLOUD_TRACE = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=(\d))?$/

/** The `traceparent` that says the same; the span is a decimal number there. */
export function fromCloudTrace(given: unknown): string | undefined {
  const [, trace, span, sampled] = (typeof given === 'string' && CLOUD_TRACE.exec(given)) || []
  if (trace === undefined || span === undefined) return undefined
  const hex = BigInt(span).toString(16).padStart(16, '0')
  return readTraceparent(`00-${trace}-${hex}-0${sampled === '1' ? 1 : 0}`)
}
