import type { ServerResponse } from 'node:http'
import type { HttpResponse } from '../../core/http/response.ts'

/** Sent with every answer unless the answer has its own. */
const SECURITY: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** Writes the answer; a stream as fast as the client takes it. Resolves when all is handed over or the client has left; rejects when the stream breaks. */
export async function send(response: ServerResponse, answer: HttpResponse, head: boolean): Promise<void> {
  const { body } = answer
  const length =
    typeof body === 'string'
      ? Buffer.byteLength(body)
      : body instanceof Uint8Array
        ? body.byteLength
        : undefined
  response.writeHead(answer.status, headersOf(answer, length ?? (body === undefined ? 0 : undefined)))
  if (length !== undefined || body === undefined) response.end(head ? undefined : body)
  else if (head) await endUnsent(response, body as AsyncIterable<Uint8Array>)
  else await pump(response, body as AsyncIterable<Uint8Array>)
}

function headersOf(answer: HttpResponse, length: number | undefined): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = { ...SECURITY, ...answer.headers }
  // 204 and 304 have no body and say nothing of one (RFC 9110 8.6).
  const bodiless = answer.status === 204 || answer.status === 304
  if (length !== undefined && !bodiless && headers['content-length'] === undefined)
    headers['content-length'] = String(length)
  if (answer.cookies && answer.cookies.length > 0) headers['set-cookie'] = [...answer.cookies]
  return headers
}

async function endUnsent(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  response.end()
  await body[Symbol.asyncIterator]().return?.()
}

async function pump(response: ServerResponse, body: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = body[Symbol.asyncIterator]()
  // A stream that waits for its next event must hear at once that the client is gone.
  const close = () => void Promise.resolve(iterator.return?.()).catch(() => undefined)
  response.once('close', close)
  for (let step = await iterator.next(); !step.done && !response.destroyed; step = await iterator.next()) {
    if (!response.write(step.value)) await drained(response)
  }
  response.end()
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      response.off('drain', settle).off('close', settle)
      resolve()
    }
    if (response.destroyed) resolve()
    else response.once('drain', settle).once('close', settle)
  })
}
