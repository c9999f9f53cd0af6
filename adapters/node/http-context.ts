import type { IncomingMessage, ServerResponse } from 'node:http'
import { DeadlineReached } from '../../core/http/mount.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { newTrace, readRequestId, readTraceparent } from '../../core/run/trace.ts'

/** One request at work. */
export interface Invocation {
  readonly ctx: Context
  /** Whether its answer is a stream: those are ended when the server stops. */
  streaming: boolean
  /** Whether the client left before the answer was out. */
  left(): boolean
  abort(because: string): void
  /** Aborts the signal with `DeadlineReached` after so many seconds, unless it is let go of before. */
  limit(seconds: number): { [Symbol.dispose](): void }
}

/** The Context of a request, and what the server needs to know of it. */
export function openInvocation(
  message: IncomingMessage,
  response: ServerResponse,
  { ids, log }: { ids: Ids; log: Log },
): Invocation {
  const controller = new AbortController()
  const own = ids.uuid()
  const requestId = readRequestId(message.headers['x-request-id']) ?? own
  const path = message.url?.split('?', 1)[0]
  return {
    ctx: {
      requestId,
      traceparent: readTraceparent(message.headers.traceparent) ?? newTrace(own),
      signal: controller.signal,
      log: log.with({ requestId, method: message.method, path }),
    },
    streaming: false,
    left: () => response.destroyed && !response.writableFinished,
    abort: (why) => controller.abort(new Error(why)),
    limit: (seconds) => {
      const reach = () => controller.abort(new DeadlineReached(`no answer within ${seconds} s`))
      const timer = setTimeout(reach, seconds * 1000)
      return { [Symbol.dispose]: () => clearTimeout(timer) }
    },
  }
}
