import type { Writable } from 'node:stream'
import middy from '@middy/core'
import type { HttpMount } from '../../core/http/mount.ts'
import type { LambdaContext, LambdaHandler } from './events-native.ts'
import { collect, fits } from './http-body.ts'
import { type Answered, type AwsHttpOptions, answerEvent, answerFailure, streams } from './http-invocation.ts'
import { startLoading } from './http-load.ts'
import { type NativeAnswer, responseToAws, type WholeResponse } from './http-response.ts'
import { sendStreamed, streamed } from './http-stream.ts'

/** We keep our own deadline, which answers; middy's would only reject. */
const MIDDY = { timeoutEarlyInMillis: 0 }

/**
 * One HTTP API as a Lambda handler for HTTP APIs, Function URLs, REST APIs (payload 1.0 too) and load balancers: the
 * event tells which. A stream is collected for up to five seconds; `awsHttpStream` streams it. Never throws.
 */
export function awsHttp(
  load: () => Promise<HttpMount>,
  options: AwsHttpOptions,
): LambdaHandler<NativeAnswer> {
  const mount = startLoading(load)
  const handler: LambdaHandler<NativeAnswer> = async (event, context) => {
    const answered = await answerEvent({ event, context }, mount, options)
    try {
      return await nativeAnswer(answered)
    } finally {
      answered.deadline.end()
    }
  }
  return middy(handler, MIDDY) as LambdaHandler<NativeAnswer>
}

/**
 * The same API for a Function URL with `RESPONSE_STREAM` and a REST API with `responseTransferMode: STREAM`, which only
 * Lambda's own runtime can call. A stream ends with the function's time. middy's mode for streams is not used: it loads
 * web streams, 3 ms of every cold start, and none of ours is one.
 */
export function awsHttpStream(load: () => Promise<HttpMount>, options: AwsHttpOptions): LambdaHandler<void> {
  const mount = startLoading(load)
  const answer = middy(
    (event: unknown, context: LambdaContext | undefined) => answerEvent({ event, context }, mount, options),
    MIDDY,
  ) as LambdaHandler<Answered>
  return streamed(async (event: unknown, out: Writable, context) => {
    const answered = await answer(event, context)
    try {
      await sendStreamed(answered, out)
    } finally {
      answered.deadline.end()
    }
  })
}

async function nativeAnswer(answered: Answered): Promise<NativeAnswer> {
  const { answer, arrived, ctx } = answered
  const whole = streams(answer) ? await collected(answer, answered) : (answer as WholeResponse)
  const native = responseToAws(arrived.form, whole, ctx.log)
  if (fits(native, arrived.form)) return native
  const tooLong = new Error(`the platform does not take an answer of ${native.body.length} characters`)
  return responseToAws(arrived.form, await answerFailure(tooLong, ctx), ctx.log)
}

async function collected(
  answer: Answered['answer'] & { body: AsyncIterable<Uint8Array> },
  { arrived, ctx }: Answered,
): Promise<WholeResponse> {
  try {
    return { ...answer, body: await collect(answer, arrived.form, ctx) }
  } catch (error) {
    return answerFailure(error, ctx)
  }
}
