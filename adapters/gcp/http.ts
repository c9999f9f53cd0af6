import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerRequest, type HttpMount } from '../../core/http/mount.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { openDeadline } from '../node/deadline.ts'
import { loadAhead } from '../node/load-once.ts'
import { isUnread, readUnread } from './http-body.ts'
import { contextOf } from './http-context.ts'
import { type GcpRequest, headersOf, requestFromGcp } from './http-request.ts'
import { checkSendable, closeUnsent, responseToGcp, sendGcp } from './http-response.ts'

export interface GcpHttpOptions {
  readonly log: Log
  readonly ids: Ids
  /** Proxies of ours before Google's front end, such as an external load balancer: 1. None by default. */
  readonly trustedHops?: number
}

/** What functions-framework adds to node's request. */
type Native = IncomingMessage &
  Pick<GcpRequest, 'rawBody' | 'originalUrl'> & { readonly executionId?: string }

/** What functions-framework calls for each request. */
export type GcpHttpHandler = (req: Native, res: ServerResponse) => Promise<void>

/**
 * The handler for `functions.http()` or for a named export with the signature type `http`. Never rejects: the framework
 * would show the error's text to the client. Give the platform some seconds more than the mount's `timeoutSeconds`, else
 * it cuts the answer that says that the time is up.
 */
export function gcpHttp(load: () => Promise<HttpMount>, options: GcpHttpOptions): GcpHttpHandler {
  const mounted = loadAhead(load)
  return async (req, res) => {
    const begun = performance.now()
    const mount = await mounted().catch(unloadable)
    const deadline = openDeadline(mount.timeoutSeconds * 1000 - (performance.now() - begun))
    const leave = () => res.writableFinished || deadline.abort(new Error('the client left'))
    res.once('close', leave)
    const { executionId } = req
    const ctx = contextOf({ ...toldBy(req), executionId }, deadline.signal, options)
    try {
      const read = () => requestFromGcp(req, options.trustedHops)
      await deliver(res, await answerRequest(reading(req, mount.handle), read, ctx), req.method ?? 'GET', ctx)
    } finally {
      res.off('close', leave)
      deadline.end()
    }
  }
}

const reading =
  (req: Native, handle: HttpMount['handle']): HttpMount['handle'] =>
  async (request, ctx) => {
    const whole = isUnread(req) ? { ...request, body: await readUnread(req) } : request
    return checkSendable(await handle(whole, ctx))
  }

/** Answered as any failure of a handler is: logged, 500. */
const unloadable = (error: unknown): HttpMount => ({
  handle: () => Promise.reject(error),
  timeoutSeconds: 60,
})

function toldBy(req: GcpRequest) {
  const headers = headersOf(req.rawHeaders)
  return {
    requestId: headers['x-request-id'],
    traceparent: headers.traceparent,
    cloudTrace: headers['x-cloud-trace-context'],
  }
}

async function deliver(res: ServerResponse, answer: HttpResponse, method: string, ctx: Context) {
  try {
    if (res.destroyed) return await closeUnsent(answer)
    await sendGcp(res, responseToGcp(answer, method), ctx.signal)
  } catch (error) {
    if (!res.destroyed) ctx.log.error('an answer could not be sent', { error })
    // The status is out already: a cut connection is how the client learns.
    res.destroy()
  }
}
