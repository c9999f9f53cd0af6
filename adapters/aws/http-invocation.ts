import { answerRequest, type HttpMount, isStream } from '../../core/http/mount.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { newTrace, readRequestId, readTraceparent } from '../../core/run/trace.ts'
import { type Deadline, openDeadline } from '../node/deadline.ts'
import { isRecord, type LambdaContext, workMs } from './events-native.ts'
import type { Loading } from './http-load.ts'
import { type Arrived, arrive, requestOf } from './http-request.ts'
import type { WholeResponse } from './http-response.ts'

export interface AwsHttpOptions {
  readonly log: Log
  readonly ids: Ids
  /** How many proxies of ours stand before the gateway: 1 behind a CDN, 0 by default. */
  readonly trustedHops?: number
}

/** A request that has its answer. */
export interface Answered {
  readonly arrived: Arrived
  readonly ctx: Context
  readonly answer: HttpResponse
  /** To be ended by whoever has sent the answer. */
  readonly deadline: Deadline
}

/** Asks the mount for the answer. Never throws: a mount that cannot be loaded is logged and answered 500. */
export async function answerEvent(
  call: { event: unknown; context: LambdaContext | undefined },
  mount: Loading<HttpMount>,
  options: AwsHttpOptions,
): Promise<Answered> {
  const arrived = arrive(call.event)
  const loaded = mount.value ?? (await loadedOr(mount))
  const deadline = openDeadline(workMs(call.context, loaded.timeoutSeconds))
  const ctx = contextOf(arrived, call.context, { options, signal: deadline.signal })
  const read = () => requestOf(arrived, options.trustedHops ?? 0)
  return { arrived, ctx, deadline, answer: await answerRequest(loaded.handle, read, ctx) }
}

/** A mount that fails with what kept the real one from loading, so that it is answered and logged as any failure. */
async function loadedOr(mount: Loading<HttpMount>): Promise<HttpMount> {
  try {
    return await mount.get()
  } catch (error) {
    return { handle: () => Promise.reject(error), timeoutSeconds: 1 }
  }
}

function contextOf(
  { headers, native: { requestContext } }: Arrived,
  lambda: LambdaContext | undefined,
  { options: { ids, log }, signal }: { options: AwsHttpOptions; signal: AbortSignal },
): Context {
  const gateways = isRecord(requestContext) ? requestContext.requestId : undefined
  const function_request_id = lambda?.awsRequestId
  const requestId =
    readRequestId(headers['x-request-id']) ??
    readRequestId(gateways) ??
    readRequestId(function_request_id) ??
    ids.uuid()
  const traceparent = readTraceparent(headers.traceparent) ?? newTrace(ids.uuid())
  return { requestId, traceparent, signal, log: log.with({ requestId, traceparent, function_request_id }) }
}

/** The answer where something failed behind the handler: logged and worded as any failure. Never a stream. */
export async function answerFailure(error: unknown, ctx: Context): Promise<WholeResponse> {
  const refuse = () => {
    throw error
  }
  return (await answerRequest(refuse, refuse, ctx)) as WholeResponse
}

/** Whether the body of an answer is still to come. */
export const streams = (answer: HttpResponse): answer is HttpResponse & { body: AsyncIterable<Uint8Array> } =>
  isStream(answer.body)
