import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { answerClassic } from './functions-host-classic.ts'
import type { App } from './functions-host-core.ts'
import { answerEventGrid } from './functions-host-grid.ts'
import { type Exchange, headersOf } from './functions-host-request.ts'
import { routesOf } from './functions-host-routes.ts'

/** What the host and the front end before it do with a request over HTTP. */
export function openFront(app: App, prefix: string, failed: (error: unknown) => void): Server {
  const find = routesOf(app.functions.values(), prefix)
  const answer = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = (message.url ?? '/').replace(/^https?:\/\/[^/?]*/i, '')
    const path = target.split('?', 1)[0] ?? ''
    if (path === '/runtime/webhooks/eventgrid') return answerEventGrid(app, message, response)
    const hit = find(message.method ?? 'GET', path)
    if (!hit) return void response.writeHead(404).end()
    const exchange = { app, message, response, target, hit }
    await (app.httpUri === undefined ? answerClassic(exchange) : proxyToLibrary(exchange, app.httpUri))
  }
  return createServer((message, response) => {
    answer(message, response).catch((error) => {
      if (!response.destroyed) failed(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
}

/** With `enableHttpStream` the library has a server of its own, which the host hands requests on to. */
async function proxyToLibrary({ app, message, response, target, hit }: Exchange, uri: string): Promise<void> {
  const id = randomUUID()
  const { hostname, port } = new URL(uri)
  const own = headersOf(message)
  const upstream = request({
    ...{ hostname, port, method: message.method, path: target },
    headers: {
      ...message.headers,
      'x-ms-invocation-id': id,
      'x-forwarded-host': message.headers.host,
      'x-forwarded-proto': 'http',
    },
  })
  response.once('close', () => {
    if (!response.writableFinished) upstream.destroy()
  })
  const params = Object.entries(hit.params).map(([key, value]) => [key, { string: value }])
  const metadata = { ...Object.fromEntries(params), Headers: { json: JSON.stringify(own) } }
  const invoked = app.invoke({ name: hit.name, data: { http: {} }, metadata }, id).catch((error: unknown) => {
    upstream.destroy()
    throw error
  })
  const proxied = forward(message, upstream, response)
  await Promise.all([invoked, proxied])
}

function forward(
  message: IncomingMessage,
  upstream: ReturnType<typeof request>,
  response: ServerResponse,
): Promise<void> {
  return new Promise((resolve, reject) => {
    upstream.once('error', reject)
    upstream.once('response', (answer) => {
      const { 'x-ms-invocation-id': _, ...headers } = answer.headers
      response.writeHead(answer.statusCode ?? 500, headers)
      pipeline(answer, response).then(resolve, reject)
    })
    message.pipe(upstream)
  })
}
