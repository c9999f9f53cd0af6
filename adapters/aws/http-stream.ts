import type { Writable } from 'node:stream'
import { NotSupported } from '../../core/run/not-supported.ts'
import type { LambdaContext, LambdaHandler } from './events-native.ts'
import { untilAborted } from './http-body.ts'
import { type Answered, streams } from './http-invocation.ts'
import { headToAws } from './http-response.ts'

type StreamHandler = (event: unknown, out: Writable, context?: LambdaContext) => Promise<void>

/** What Lambda's runtime puts into the global scope before it loads a bundle. */
interface AwsLambda {
  streamifyResponse(handler: StreamHandler): LambdaHandler<void>
  readonly HttpResponseStream: { from(out: Writable, prelude: unknown): Writable }
}

const runtime = () => (globalThis as unknown as { readonly awslambda?: Partial<AwsLambda> }).awslambda

/** Marks a handler as one that streams. Outside of Lambda's runtime a bundle can be loaded, but this not called. */
export function streamed(handler: StreamHandler): LambdaHandler<void> {
  const streamify = runtime()?.streamifyResponse
  if (streamify) return streamify(handler)
  return async () => {
    throw new NotSupported('streaming an answer outside of the Lambda runtime, which brings the stream')
  }
}

/**
 * Writes prelude and body; a stream as fast as it is taken, until it ends or the time is up. Lambda does not tell when
 * the client leaves: the stream runs on, and is paid for. Rejects when the stream breaks: the status is out then, and
 * Lambda's runtime marks the answer as broken.
 */
export async function sendStreamed({ answer, arrived, ctx }: Answered, to: Writable): Promise<void> {
  const wrap = runtime()?.HttpResponseStream
  if (!wrap)
    throw new NotSupported('streaming an answer outside of the Lambda runtime, which brings the stream')
  const out = wrap.from(to, headToAws(arrived.form, answer, ctx.log))
  // The prelude goes out with the first write, and an empty answer or a slow stream has none soon.
  out.write('')
  if (streams(answer)) await pump(untilAborted(answer.body, ctx), out, ctx.signal)
  else out.write(answer.body ?? '')
  await new Promise<void>((resolve) => {
    out.end(resolve)
  })
}

/**
 * `pipeline` would destroy the response when the stream breaks, and with it Lambda's way to say so: its runtime then
 * ends with an unhandled rejection.
 */
async function pump(body: AsyncIterable<Uint8Array>, out: Writable, signal: AbortSignal): Promise<void> {
  for await (const chunk of body) if (!out.write(chunk)) await drained(out, signal)
}

/** Waits for a slow reader, but not past the function's time. */
function drained(out: Writable, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      out.off('drain', settle)
      signal.removeEventListener('abort', settle)
      resolve()
    }
    if (signal.aborted) return resolve()
    out.once('drain', settle)
    signal.addEventListener('abort', settle)
  })
}
