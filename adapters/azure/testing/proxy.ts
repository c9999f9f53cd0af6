import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, request as secureRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Certificate } from './azurite.ts'

export interface Proxied {
  readonly method: string
  /** Path and query as they came. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
}

export interface ProxyOptions {
  /** Where requests go: an endpoint whose path is put before the request's own. */
  readonly upstream: string
  /** Sees the answer's head before the client does, and is waited for. What it throws is answered 500. */
  readonly onAnswer?: (request: Proxied, answer: IncomingMessage) => Promise<void>
  /** With it clients come by HTTPS. */
  readonly tls?: Certificate | undefined
}

export interface RunningProxy extends AsyncDisposable {
  readonly origin: string
}

/** Hands requests on as they are and answers back as they come, without holding bodies. */
export async function openProxy(options: ProxyOptions): Promise<RunningProxy> {
  const server = await serverOf(options.tls, (incoming, response) => forward(options, incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `${options.tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serverOf(
  tls: Certificate | undefined,
  answer: (incoming: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  if (!tls) return createServer(answer)
  const [cert, key] = await Promise.all([readFile(tls.cert), readFile(tls.key)])
  return createSecureServer({ cert, key }, answer)
}

function forward(options: ProxyOptions, incoming: IncomingMessage, response: ServerResponse): void {
  const { method = 'GET', url: target = '/', headers } = incoming
  const fail = (error: Error) => {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
    response.end(error.message)
  }
  const send = options.upstream.startsWith('https:') ? secureRequest : request
  const upstream = send(options.upstream + target, { method, headers }, async (answer) => {
    try {
      await options.onAnswer?.({ method, target, headers }, answer)
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    } catch (error) {
      answer.resume()
      fail(error as Error)
    }
  })
  upstream.on('error', fail)
  response.on('close', () => upstream.destroy())
  incoming.pipe(upstream)
}
