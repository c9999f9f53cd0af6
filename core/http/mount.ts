import type { Context } from '../run/context.ts'
import { Problem, type ProblemFacts, problemResponse } from './problem.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'

/** One deployed HTTP API as an adapter mounts it: all of it that does not depend on the platform. */
export interface HttpMount {
  handle(request: HttpRequest, ctx: Context): Promise<HttpResponse>
  /** A request that has no answer by then gets 504. */
  readonly timeoutSeconds: number
}

/** Sent with every answer unless the answer has its own. */
const SECURITY: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The reason with which an adapter aborts `ctx.signal` when the time is up. */
export class DeadlineReached extends Error {
  override readonly name = 'DeadlineReached'
}

/**
 * Answers a request; never throws. `read` may throw a Problem (a path that cannot be read); what else is thrown is logged
 * and answered 500. Where `ctx.signal` is aborted with `DeadlineReached` before the handler has answered, the answer is 504.
 */
export async function answerRequest(
  handle: HttpMount['handle'],
  read: () => HttpRequest,
  ctx: Context,
): Promise<HttpResponse> {
  let method = ''
  let work: Promise<HttpResponse> | undefined
  try {
    const request = read()
    method = request.method
    work = handle(request, ctx)
    return finished(method, await beforeDeadline(work, ctx.signal), ctx)
  } catch (error) {
    if (error instanceof DeadlineReached && work) void endLate(work, ctx)
    return finished(method, problemResponse(factsOf(error, ctx), ctx.requestId), ctx)
  }
}

function factsOf(error: unknown, ctx: Context): ProblemFacts {
  if (error instanceof Problem) return error.facts
  if (error instanceof DeadlineReached) {
    ctx.log.error('request ran out of time', { error })
    return TOO_SLOW
  }
  ctx.log.error('request failed', { error })
  const detail = 'Something failed on our side. The request id finds it in the log.'
  return { status: 500, code: 'internal', title: 'Internal error', detail }
}

const TOO_SLOW: ProblemFacts = {
  status: 504,
  code: 'deadline',
  title: 'Out of time',
  detail: 'The answer took too long. It may still take effect: ask before you send it again.',
}

/** A handler that does not listen to the signal would be cut off by the platform, without an answer. */
async function beforeDeadline<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined
  const deadline = new Promise<never>((_, reject) => {
    const listen = () => {
      if (signal.reason instanceof DeadlineReached) reject(signal.reason)
    }
    if (signal.aborted) listen()
    signal.addEventListener('abort', listen)
    stop = () => signal.removeEventListener('abort', listen)
  })
  // Whichever loses the race must not become an unhandled rejection.
  deadline.catch(() => undefined)
  work.catch(() => undefined)
  return Promise.race([work, deadline]).finally(stop)
}

/** What every platform must send: security headers, the request id, no body where the method or the status has none. */
function finished(method: string, answer: HttpResponse, ctx: Context): HttpResponse {
  const headers = { ...SECURITY, ...answer.headers, 'x-request-id': ctx.requestId }
  const { body, ...rest } = answer
  const statusHasNone = answer.status === 204 || answer.status === 304
  if ((method !== 'HEAD' && !statusHasNone) || body === undefined) return { ...answer, headers }
  if (isStream(body)) void endUnsent(body, ctx)
  // HEAD tells the length that GET would have (RFC 9110 8.6).
  if (statusHasNone || isStream(body)) return { ...rest, headers }
  return { ...rest, headers: { 'content-length': String(lengthOf(body)), ...headers } }
}

const lengthOf = (body: string | Uint8Array): number =>
  typeof body === 'string' ? new TextEncoder().encode(body).length : body.byteLength

/** Whether a body is sent as it comes. */
export const isStream = (body: HttpResponse['body']): body is AsyncIterable<Uint8Array> =>
  typeof body === 'object' && !(body instanceof Uint8Array)

/** The answer that comes too late has no reader, and its error no other place to be told. */
async function endLate(work: Promise<HttpResponse>, ctx: Context): Promise<void> {
  try {
    const { body } = await work
    if (isStream(body)) await endUnsent(body, ctx)
  } catch (error) {
    if (!(error instanceof DeadlineReached)) ctx.log.warn('request failed when its time was over', { error })
  }
}

/** An open file or a subscription behind a body that nobody will read. */
async function endUnsent(body: AsyncIterable<Uint8Array>, ctx: Context): Promise<void> {
  try {
    await body[Symbol.asyncIterator]().return?.()
  } catch (error) {
    ctx.log.warn('an unread answer could not be closed', { error })
  }
}
