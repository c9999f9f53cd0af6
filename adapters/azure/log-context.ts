import type { InvocationContext } from '@azure/functions'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log, LogFields } from '../../core/run/log.ts'
import { newTrace, readRequestId, readTraceparent } from '../../core/run/trace.ts'
import { type Deadline, openDeadline } from '../node/deadline.ts'
import { logThrough } from './log.ts'

/** What the host tells of an invocation, as far as we look at it. */
export type AzureInvocation = Pick<
  InvocationContext,
  'invocationId' | 'traceContext' | 'debug' | 'info' | 'warn' | 'error'
>

/** One invocation at work. */
export interface Invocation {
  readonly ctx: Context
  readonly deadline: Deadline
  /** From here on lines go to the output: the host warns of every line that comes after the function's return. */
  release(): void
}

export interface InvocationFacts {
  /** What the client calls the request, unchecked. */
  readonly requestId?: unknown
  /** What the request or the event tells, unchecked. */
  readonly traceparent?: unknown
  readonly timeoutSeconds: number
  readonly fields: LogFields
}

/**
 * The Context of one invocation. Its trace is the one that was sent along, else the host's, so that our lines and the
 * host's are found together.
 */
export function openInvocation(
  native: AzureInvocation,
  { log, ids }: { readonly log: Log; readonly ids: Ids },
  { requestId: told, traceparent: sent, timeoutSeconds, fields }: InvocationFacts,
): Invocation {
  const requestId = readRequestId(told) ?? readRequestId(native.invocationId) ?? ids.uuid()
  const traceparent =
    readTraceparent(sent) ?? readTraceparent(native.traceContext?.traceParent) ?? newTrace(ids.uuid())
  const deadline = openDeadline(timeoutSeconds * 1000)
  let open = true
  const ownLog = logThrough(log, () => (open ? native : undefined))
  return {
    ctx: {
      ...{ requestId, traceparent, signal: deadline.signal },
      log: ownLog.with({ requestId, traceparent, ...fields }),
    },
    deadline,
    release: () => {
      open = false
    },
  }
}
