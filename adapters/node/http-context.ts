import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'

/** One request at work. */
export interface Invocation {
  readonly ctx: Context
  /** Whether its answer is a stream: those are ended when the server stops. */
  streaming: boolean
  /** Whether the client left before the answer was out. */
  left(): boolean
  abort(because: string): void
}

const REQUEST_ID = /^[\w.:-]{8,128}$/
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

/** The Context of a request, and what the server needs to know of it. */
export function openInvocation(
  message: IncomingMessage,
  response: ServerResponse,
  { ids, log }: { ids: Ids; log: Log },
): Invocation {
  const controller = new AbortController()
  const given = message.headers['x-request-id']
  const own = ids.uuid()
  const requestId = typeof given === 'string' && REQUEST_ID.test(given) ? given : own
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
  }
}

const readTraceparent = (given: unknown): string | undefined =>
  typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined

/** The trace that begins with this request has its id, so that one finds the other. */
function newTrace(uuid: string): string {
  const hex = uuid.replaceAll('-', '')
  return `00-${hex}-${hex.slice(16)}-01`
}
