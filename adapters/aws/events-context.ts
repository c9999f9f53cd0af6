import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log, LogFields } from '../../core/run/log.ts'
import { newTrace, readRequestId, readTraceparent } from '../../core/run/trace.ts'
import type { LambdaContext } from './events-native.ts'
import type { Loading } from './http-load.ts'

export interface AwsOptions {
  readonly log: Log
  readonly ids: Ids
}

/** The Context of work that no client asked for. The trace is the given one where it is well formed, else a new one. */
export function contextOf(
  lambda: LambdaContext | undefined,
  { log, ids }: AwsOptions,
  given: { readonly signal: AbortSignal; readonly traceparent?: unknown; readonly fields?: LogFields },
): Context {
  const requestId = readRequestId(lambda?.awsRequestId) ?? ids.uuid()
  const traceparent = readTraceparent(given.traceparent) ?? newTrace(ids.uuid())
  const own = { requestId, traceparent, ...given.fields }
  return { requestId, traceparent, signal: given.signal, log: log.with(own) }
}

/** What was loaded; a failure is logged and thrown, for Lambda to call again. */
export async function loadedOrThrow<T>(loading: Loading<T>, log: Log): Promise<T> {
  if (loading.value !== undefined) return loading.value
  try {
    return await loading.get()
  } catch (error) {
    log.error('the function could not be loaded', { error })
    throw new CallAgain('the function could not be loaded', { cause: error })
  }
}

/**
 * Makes Lambda call again. Its runtime prints message and stack as they are, past the log that redacts: so the message
 * is ours, and what happened is in the log and in the cause, which is not printed.
 */
export class CallAgain extends Error {
  override readonly name = 'CallAgain'
}
