import type { ServerResponse } from 'node:http'
import type { HttpHandler, HttpRequest as NativeRequest } from '@azure/functions'
import { answerRequest, DeadlineReached, type HttpMount, isStream } from '../../core/http/mount.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { loadEarly } from './events-load.ts'
import { collect } from './http-collect.ts'
import { atClientsPace, findLiveResponses } from './http-live.ts'
import { bodyFromAzure, requestFromAzure } from './http-request.ts'
import { checkCarried, responseToAzure } from './http-response.ts'
import { type AzureInvocation, type Invocation, openInvocation } from './log-context.ts'

export interface AzureHttpOptions {
  readonly log: Log
  readonly ids: Ids
  /** Proxies of ours before Azure's front end, such as Front Door: 1. None by default. */
  readonly trustedHops?: number
  /** Longest answer, streams with it; 225 s by default. */
  readonly platformSeconds?: number
}

/** Azure's front end gives up after 230 s (https://learn.microsoft.com/azure/azure-functions/functions-scale). */
const PLATFORM_SECONDS = 225

/** What `app.http` calls, with and without `enableHttpStream`. Never throws: what fails is logged and answered. */
export function azureHttp(
  load: () => Promise<HttpMount>,
  options: AzureHttpOptions,
): (native: NativeRequest, context: AzureInvocation) => ReturnType<HttpHandler> {
  const mounted = loadEarly(load, options.log)
  const live = findLiveResponses()
  return async (native, context) => {
    const began = performance.now()
    const mount = await mounted().catch(unloaded)
    const seconds = options.platformSeconds ?? PLATFORM_SECONDS
    const invocation = open(native, context, { ...options, seconds: Math.min(seconds, mount.timeoutSeconds) })
    const response = live(context.invocationId)
    if (response) watch(response, invocation)
    const exchange = { native, mount, invocation, response, trustedHops: options.trustedHops ?? 0 }
    const answer = await sendable(await answered(exchange), exchange)
    invocation.deadline.end()
    const { log } = invocation.ctx
    const sent = responseToAzure(answer, log)
    invocation.release()
    if (!isStream(answer.body) || !response) return sent
    return {
      ...sent,
      body: paced(answer, answer.body, { invocation, response, until: began + seconds * 1000 }),
    }
  }
}

interface Exchange {
  readonly native: NativeRequest
  readonly mount: HttpMount
  readonly invocation: Invocation
  readonly response: ServerResponse | undefined
  readonly trustedHops: number
}

const unloaded = (cause: unknown): HttpMount => ({
  timeoutSeconds: 10,
  handle: () => Promise.reject(new Error('the function could not be loaded', { cause })),
})

function open(
  { method, url, headers }: NativeRequest,
  context: AzureInvocation,
  { seconds, ...options }: AzureHttpOptions & { seconds: number },
): Invocation {
  const path = url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0]
  return openInvocation(context, options, {
    requestId: headers.get('x-request-id'),
    traceparent: headers.get('traceparent'),
    timeoutSeconds: seconds,
    fields: { method, path },
  })
}

function watch(response: ServerResponse, { deadline }: Invocation): void {
  response.once('close', () => {
    if (!response.writableFinished) deadline.abort(new Error('the client left'))
  })
}

function answered({ native, mount, invocation, trustedHops }: Exchange): Promise<HttpResponse> {
  const handle = async (request: HttpRequest, ctx: Context) =>
    checkCarried(await mount.handle({ ...request, body: await bodyFromAzure(native) }, ctx))
  return answerRequest(handle, () => requestFromAzure(native, { trustedHops }), invocation.ctx)
}

const COLLECT = { milliseconds: 5_000, bytes: 5 * 1024 ** 2 }

/** A stream where the platform takes whole answers only: what comes of it within the limits. */
async function sendable(answer: HttpResponse, exchange: Exchange): Promise<HttpResponse> {
  const { native, invocation, response, trustedHops } = exchange
  const { ctx, deadline } = invocation
  const { body } = answer
  if (!isStream(body) || response) return answer
  const whole = async (): Promise<HttpResponse> => {
    const { bytes, whole } = await collect(body, { ...COLLECT, signal: ctx.signal })
    // The source may wait for the signal alone.
    deadline.abort(new Error('the answer is sent as far as it came'))
    const length = answer.headers?.['content-length']
    if (!whole && length !== undefined)
      throw new Error(`a stream of ${length} bytes ended after ${bytes.length}`)
    return { ...answer, body: bytes }
  }
  // With a signal of its own: at the time limit what came is sent, and not a 504.
  const { signal } = new AbortController()
  return answerRequest(whole, () => requestFromAzure(native, { trustedHops }), { ...ctx, signal })
}

interface Pacing {
  readonly invocation: Invocation
  readonly response: ServerResponse
  /** By `performance.now()`: what the handler took before its stream is of the platform's time, too. */
  readonly until: number
}

/** A stream ends with the client or the platform's limit; an event stream is then opened again, others are cut. */
function paced(
  { headers }: HttpResponse,
  body: AsyncIterable<Uint8Array>,
  { invocation: { ctx, deadline }, response, until }: Pacing,
): AsyncIterable<Uint8Array> {
  const isEvents = headers?.['content-type']?.startsWith('text/event-stream') === true
  const limit = setTimeout(() => {
    deadline.abort(new DeadlineReached('the time limit of the platform is near'))
    if (isEvents) void stream.return?.()
    else response.destroy()
  }, until - performance.now())
  const ended = () => clearTimeout(limit)
  const broke = (error: unknown) => ctx.log.error('a streamed answer broke', { error })
  const stream = atClientsPace(body, response, { ended, broke })
  return stream
}
