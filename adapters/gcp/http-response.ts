import { type ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http'
import { isStream } from '../../core/http/mount.ts'
import type { HttpResponse } from '../../core/http/response.ts'

/** What is written, as node:http takes it. */
export interface GcpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body?: HttpResponse['body']
}

/** The native answer. `method` tells whether a missing body has the length 0 or is only not shown. */
export function responseToGcp(answer: HttpResponse, method: string): GcpResponse {
  const { status, cookies = [], body } = answer
  const headers: Record<string, string | readonly string[]> = { ...answer.headers }
  // 204 and 304 have no body and say nothing of one (RFC 9110 8.6).
  const bodiless = method === 'HEAD' || status === 204 || status === 304
  const length = bodiless ? undefined : lengthOf(body)
  if (length !== undefined) headers['content-length'] = String(length)
  if (cookies.length > 0) headers['set-cookie'] = cookies
  return bodiless || body === undefined ? { status, headers } : { status, headers, body }
}

function lengthOf(body: HttpResponse['body']): number | undefined {
  if (isStream(body)) return undefined
  if (body === undefined) return 0
  return typeof body === 'string' ? Buffer.byteLength(body) : body.byteLength
}

/** Throws for an answer that node would refuse while it is sent, where the client would get nothing; its stream is closed. */
export async function checkSendable(answer: HttpResponse): Promise<HttpResponse> {
  const { status, headers = {}, cookies = [] } = answer
  try {
    if (status < 200 || status > 599) throw new RangeError(`an answer cannot have the status ${status}`)
    for (const [name, value] of Object.entries(headers)) {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    }
    for (const line of cookies) validateHeaderValue('set-cookie', line)
  } catch (error) {
    await closeUnsent(answer)
    throw error
  }
  return answer
}

/** An open file or a subscription behind a body that nobody will read. */
export async function closeUnsent({ body }: HttpResponse): Promise<void> {
  if (isStream(body)) await body[Symbol.asyncIterator]().return?.()
}

/**
 * Writes the answer past Express, which would add its own headers; a stream as fast as the client takes it, until the
 * signal aborts. An event stream then ends, for its client opens it again. Resolves when all is handed over or the
 * client has left; rejects when the stream breaks or its time is up.
 */
export async function sendGcp(res: ServerResponse, answer: GcpResponse, signal: AbortSignal): Promise<void> {
  const { status, headers, body } = answer
  for (const name of res.getHeaderNames()) res.removeHeader(name)
  if (!isStream(body)) {
    res.writeHead(status, { ...headers } as Record<string, string | string[]>)
    res.end(body)
    return
  }
  // The head of a stream goes out with its first chunk at the latest when that is asked for.
  res.writeHead(status, { ...headers } as Record<string, string | string[]>).flushHeaders()
  const mayEndEarly = String(headers['content-type']).startsWith('text/event-stream')
  await pump(res, body, { signal, mayEndEarly })
}

async function pump(
  res: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  { signal, mayEndEarly }: { signal: AbortSignal; mayEndEarly: boolean },
): Promise<void> {
  const iterator = body[Symbol.asyncIterator]()
  const over = Promise.withResolvers<'over'>()
  const end = () => over.resolve('over')
  res.once('close', end)
  signal.addEventListener('abort', end)
  if (signal.aborted || res.destroyed) end()
  try {
    let step = await writeNext(res, iterator, over.promise)
    while (step === 'more') step = await writeNext(res, iterator, over.promise)
    // Neither then nor after an error is there an end: the client must not take what it has for the whole.
    if (step === 'cut' && signal.aborted && !mayEndEarly) throw signal.reason
    res.end()
  } finally {
    res.off('close', end)
    signal.removeEventListener('abort', end)
  }
}

/** A stream that waits for its next event must hear at once that nobody reads on. */
async function writeNext(
  res: ServerResponse,
  iterator: AsyncIterator<Uint8Array>,
  over: Promise<'over'>,
): Promise<'more' | 'whole' | 'cut'> {
  const next = iterator.next()
  const step = await Promise.race([next, over])
  if (step === 'over') {
    next.catch(() => undefined)
    void Promise.resolve(iterator.return?.()).catch(() => undefined)
    return 'cut'
  }
  if (step.done) return 'whole'
  if (!res.write(step.value)) await Promise.race([drained(res), over])
  return 'more'
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      res.off('drain', settle).off('close', settle)
      resolve()
    }
    if (res.destroyed) resolve()
    else res.once('drain', settle).once('close', settle)
  })
}
