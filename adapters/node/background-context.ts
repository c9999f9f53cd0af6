import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log, LogFields } from '../../core/run/log.ts'
import { newTrace } from '../../core/run/trace.ts'

/** The Context of work that no request asked for. Its trace is that of the event, or begins with it. */
export function backgroundContext(facts: {
  readonly ids: Ids
  readonly log: Log
  readonly signal: AbortSignal
  readonly traceparent?: string | undefined
  readonly fields: LogFields
}): Context {
  const requestId = facts.ids.uuid()
  const traceparent = facts.traceparent ?? newTrace(requestId)
  const log = facts.log.with({ ...facts.fields, requestId, traceparent })
  return { requestId, traceparent, signal: facts.signal, log }
}
