import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request with its whole body. Path and query are as they came, not decoded. */
export interface Received {
  readonly method: string
  readonly path: string
  readonly rawQuery: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}
export interface Reply {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}
export interface TestServer extends AsyncDisposable {
  readonly origin: string
}

/**
 * An HTTP server on a free port. A body that breaks off never reaches `handle`; what `handle` throws is answered 500 and
 * told to `onError`.
 */
export async function openServer(
  handle: (request: Received) => Promise<Reply>,
  onError: (error: unknown) => void,
): Promise<TestServer> {
  const server = createServer((request, response) => void respond(request, response))
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const received = await receive(request)
    if (!received) return response.destroy()
    const reply = await handle(received).catch((error: unknown) => {
      onError(error)
      return { status: 500, body: String(error) } as Reply
    })
    response.writeHead(reply.status, reply.headers)
    response.end(received.method === 'HEAD' ? undefined : reply.body)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function receive(request: IncomingMessage): Promise<Received | undefined> {
  const { method = '', url = '', headers } = request
  const chunks: Buffer[] = []
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer)
  } catch {
    // The sender went away: nobody waits for an answer.
    return undefined
  }
  const at = url.indexOf('?')
  const rawQuery = at < 0 ? '' : url.slice(at + 1)
  const path = at < 0 ? url : url.slice(0, at)
  return {
    method,
    path,
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    body: Buffer.concat(chunks),
  }
}

export const json = (value: unknown, status = 200): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=UTF-8' },
  body: JSON.stringify(value),
})

/** A failure as Google's newer services tell it. */
export const googleError = (code: number, status: string, message: string): Reply =>
  json({ error: { code, message, status } }, code)

/** The names that are not among the known ones. */
export const unknownIn = (value: object, known: readonly string[]): string[] =>
  Object.keys(value).filter((name) => !known.includes(name))

/** Waits until `look` gives something. Throws after `seconds`, saying what it waited for. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  seconds = 20,
): Promise<T> {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; ) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`waited ${seconds} s for ${what}`)
}
