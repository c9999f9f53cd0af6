import { isUtf8 } from 'node:buffer'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import { openDeadline } from '../node/deadline.ts'
import type { Form } from './http-forms.ts'
import type { NativeAnswer } from './http-response.ts'

/** What Lambda takes back, 6 MB of JSON, and a load balancer, 1 MB; less room for the headers. In bytes. */
const maxBytes = (form: Form) => (form === 'alb' || form === 'alb-multi' ? 1_000_000 : 6_200_000)
/** A byte is up to six characters of JSON (a control character), and three bytes are four of base64. */
const JSON_GROWTH = 6
const BASE64_GROWTH = 4 / 3
/** Long enough for a stream that ends, short enough for the reader of one that does not. In milliseconds. */
const COLLECT_MS = 5_000

/** Whether the platform takes an answer of this length; it would fail it with a 502 and no word in our log. */
export function fits({ body, isBase64Encoded }: NativeAnswer, form: Form): boolean {
  if (isBase64Encoded) return body.length <= maxBytes(form)
  // Counted only where it could be too long.
  return (
    body.length * JSON_GROWTH <= maxBytes(form) || Buffer.byteLength(JSON.stringify(body)) <= maxBytes(form)
  )
}

/**
 * A stream as far as it gets in five seconds, before the deadline and within what the form takes; then it is closed.
 * Readers of server-sent events come again; for any other reader it is a fault, and logged as one. Throws what the
 * stream throws.
 */
export async function collect(
  { headers, body }: { headers?: HttpResponse['headers']; body: AsyncIterable<Uint8Array> },
  form: Form,
  ctx: Pick<Context, 'signal' | 'log'>,
): Promise<string | Uint8Array> {
  const time = openDeadline(COLLECT_MS)
  const cut = { signal: AbortSignal.any([ctx.signal, time.signal]), log: ctx.log, onEnd: time.end }
  const limit = Math.floor(maxBytes(form) / BASE64_GROWTH)
  const bytes = await upTo(limit, untilAborted(body, cut))
  const whole = !cut.signal.aborted && bytes.length < limit
  if (!whole && !headers?.['content-type']?.startsWith('text/event-stream'))
    ctx.log.error('a stream was cut: serve it by a Function URL that streams', { bytes: bytes.length })
  // As text it is smaller, and a REST API needs no list of binary types to pass it on.
  const isText = bytes.length * JSON_GROWTH <= maxBytes(form) && isUtf8(bytes)
  return isText ? bytes.toString() : bytes
}

async function upTo(limit: number, body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, limit - size))
    size += chunk.length
    if (size >= limit) break
  }
  return Buffer.concat(chunks)
}

export interface Cut {
  readonly signal: AbortSignal
  readonly log: Log
  /** Called once, when the stream is over for whatever reason. */
  onEnd?(): void
}

/** The stream, ended early when the signal aborts; its iterator is closed then, and when the reader leaves. */
export function untilAborted(
  body: AsyncIterable<Uint8Array>,
  { signal, log, onEnd }: Cut,
): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  let over = false
  let wake = (): void => undefined
  const end = () => {
    if (over) return
    over = true
    signal.removeEventListener('abort', cut)
    onEnd?.()
  }
  const cut = () => {
    if (over) return
    end()
    wake()
    // Not awaited: a generator that waits for its next event would close only after it.
    void close(iterator, log)
  }
  signal.addEventListener('abort', cut)
  if (signal.aborted) cut()
  const next = () =>
    new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
      wake = () => resolve(OVER)
      if (over) return wake()
      const settle = (step: IteratorResult<Uint8Array>) => {
        if (step.done) end()
        resolve(step)
      }
      const fail = (error: unknown) => {
        end()
        reject(error)
      }
      iterator.next().then(settle, fail)
    })
  const leave = async () => {
    cut()
    return OVER
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

const OVER: IteratorResult<Uint8Array> = { done: true, value: undefined }

async function close(iterator: AsyncIterator<Uint8Array>, log: Log): Promise<void> {
  try {
    await iterator.return?.()
  } catch (error) {
    log.warn('a stream could not be closed', { error })
  }
}
