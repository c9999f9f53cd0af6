import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerRequest, isStream } from '../../core/http/mount.ts'
import { Problem, problemResponse } from '../../core/http/problem.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { type Invocation, openInvocation } from './http-context.ts'
import { cutWhenIdle, hasBody, readWhole, type StreamedRequest, streamedRequest } from './http-request.ts'
import { send } from './http-response.ts'

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number
  /** `127.0.0.1` unless others may reach it. */
  readonly host?: string
  readonly handle: (request: HttpRequest, ctx: Context) => Promise<HttpResponse>
  /** Asked first, with the body still unread; `undefined` leaves the request to `handle`. */
  readonly raw?: (request: StreamedRequest, ctx: Context) => Promise<HttpResponse> | undefined
  /**
   * Longest body for `handle`, in bytes, asked before any of it is read: longer ones get 413. 0 for a request that
   * `handle` answers without its body, which is then not read at all. 12 MB for all by default.
   */
  readonly bodyLimit?: (method: string, path: string) => number
  /** A request that `handle` has not answered by then gets 504; none by default. */
  readonly timeoutSeconds?: (method: string, path: string) => number | undefined
  readonly ids: Ids
  readonly log: Log
}

export interface Serving {
  readonly port: number
  /** Takes no new connection, ends streams, lets other requests finish for `graceMs`, then cuts what is left. */
  stop(graceMs?: number): Promise<void>
}

const MAX_BODY_BYTES = 12 * 1024 ** 2

/** Serves the neutral handlers on node:http. Rejects when the port is taken. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const live = new Set<Invocation>()
  const server = createServer({ joinDuplicateHeaders: true, ...TIMEOUTS }, (message, response) => {
    const invocation = openInvocation(message, response, options)
    live.add(invocation)
    response.on('close', () => {
      live.delete(invocation)
      if (!response.writableFinished) invocation.abort('the client left')
    })
    void answer({ message, response, options, invocation, stopping: () => !server.listening })
  })
  await listen(server, options.port, options.host ?? '127.0.0.1')
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs = 10_000) => stop(server, live, graceMs),
  }
}

/** No limit on a whole request: a part of a film may take an hour on a slow line. What idles is cut elsewhere. */
const TIMEOUTS = { requestTimeout: 0, headersTimeout: 20_000, keepAliveTimeout: 65_000 }

interface Exchange {
  readonly message: IncomingMessage
  readonly response: ServerResponse
  readonly options: ServeOptions
  readonly invocation: Invocation
  readonly stopping: () => boolean
}

async function answer(exchange: Exchange): Promise<void> {
  const { message, response, options, invocation } = exchange
  try {
    const answered = await produce(exchange)
    if (response.destroyed) return await discard(answered)
    invocation.streaming = streamOf(answered) !== undefined
    if (exchange.stopping()) response.setHeader('connection', 'close')
    if (!message.complete) leaveBody(message, response)
    await send(response, answered, message.method === 'HEAD')
  } catch (error) {
    if (!invocation.left())
      options.log.error('an answer could not be sent', { error, requestId: invocation.ctx.requestId })
    // The status is out already: a cut connection is how the client learns.
    response.destroy()
  }
}

async function produce({ message, options, invocation }: Exchange): Promise<HttpResponse> {
  try {
    const streamed = streamedRequest(message)
    if (hasBody(message)) cutWhenIdle(message)
    const raw = options.raw?.(streamed, invocation.ctx)
    if (raw) return await raw
    const limit = options.bodyLimit?.(streamed.method, streamed.path) ?? MAX_BODY_BYTES
    const request = await readWhole(streamed, message, limit)
    using _ = limitOf(request, options, invocation)
    return await answerRequest(options.handle, () => request, invocation.ctx)
  } catch (error) {
    return failed(error, invocation)
  }
}

function limitOf({ method, path }: HttpRequest, options: ServeOptions, invocation: Invocation) {
  const seconds = options.timeoutSeconds?.(method, path)
  return seconds === undefined ? undefined : invocation.limit(seconds)
}

/** Before the handler is reached: a path or a body that cannot be read, or a client that left meanwhile. */
function failed(error: unknown, { ctx, left }: Invocation): HttpResponse {
  if (error instanceof Problem) return withRequestId(problemResponse(error.facts, ctx.requestId), ctx)
  if (!left()) ctx.log.error('request failed', { error })
  const detail = 'Something failed on our side. The request id finds it in the log.'
  return withRequestId(
    problemResponse({ status: 500, code: 'internal', title: 'Internal error', detail }, ctx.requestId),
    ctx,
  )
}

const withRequestId = (response: HttpResponse, ctx: Context): HttpResponse => ({
  ...response,
  headers: { ...response.headers, 'x-request-id': ctx.requestId },
})

const streamOf = ({ body }: HttpResponse): AsyncIterable<Uint8Array> | undefined =>
  isStream(body) ? body : undefined

/** An open file or a subscription behind a body that nobody will read. */
async function discard(response: HttpResponse): Promise<void> {
  await streamOf(response)?.[Symbol.asyncIterator]().return?.()
}

const LINGER_MS = 2_000

/** A part of a film is no longer than this, unless the film is one of the largest. */
const DRAINED_BYTES = 64 * 1024 ** 2

/**
 * The answer comes before the body's end, as for a part whose signature has expired. Clients that are still sending see a
 * closed connection as a broken one and never read why; so a bounded body is taken and dropped, and the connection
 * stays. Of an endless one what still comes is dropped for a moment, then the connection ends.
 */
function leaveBody(message: IncomingMessage, response: ServerResponse): void {
  const announced = Number(message.headers['content-length'] ?? Number.NaN)
  if (announced <= DRAINED_BYTES) drain(message, response)
  else cut(message, response)
}

function cut(message: IncomingMessage, response: ServerResponse): void {
  const socket = socketOf(message)
  response.setHeader('connection', 'close')
  response.once('finish', () => {
    message.resume()
    setTimeout(() => socket?.destroy(), LINGER_MS).unref()
  })
}

/** Asked before the wait: a message that is over has no socket any more, whatever its type says. */
const socketOf = (message: IncomingMessage) => message.socket as IncomingMessage['socket'] | null

/** Drops the rest of a body for as long as it comes. */
function drain(message: IncomingMessage, response: ServerResponse): void {
  const socket = socketOf(message)
  const idle = setTimeout(() => socket?.destroy(), LINGER_MS)
  message.on('data', () => idle.refresh())
  message.once('close', () => clearTimeout(idle))
  response.once('finish', () => idle.refresh())
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function stop(server: Server, live: ReadonlySet<Invocation>, graceMs: number): Promise<void> {
  let open = true
  const closed = new Promise<void>((resolve) => server.close(() => resolve())).then(() => (open = false))
  for (
    const until = Date.now() + graceMs;
    open && Date.now() < until;
    await Promise.race([closed, sleep(20)])
  ) {
    for (const invocation of live) if (invocation.streaming) invocation.abort('the server stops')
    // A connection that went idle after close() would keep the server open for its whole keep-alive time.
    server.closeIdleConnections()
  }
  for (const invocation of live) invocation.abort('the server stops')
  server.closeAllConnections()
  await closed
}
