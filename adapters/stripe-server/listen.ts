import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../../core/run/log.ts'
import { openApi } from './call.ts'
import { bodyText } from './http-body.ts'
import type { MemoryStore } from './memory-store.ts'
import { operations } from './operations.ts'
import { answerPage } from './pages/answer.ts'

const HOST = 'localhost'

export interface ListenOptions {
  readonly port: number
  readonly key: string
  readonly log?: Log
  readonly store: MemoryStore
  advance(to?: Date): void
}
export interface Listening {
  readonly origin: string
  readonly host: string
  readonly port: number
  close(): Promise<void>
}

/** Answers the API and the pages at a port of the loopback. Rejects where the port is taken. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const server = createServer()
  const port = await portOf(server, options.port)
  const origin = `http://${HOST}:${port}`
  server.on('request', answering(options, origin))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  return { origin, host: HOST, port, close }
}

function answering(options: ListenOptions, origin: string): RequestListener {
  const { store, key, log } = options
  const failed = (error: unknown, path: string) =>
    log?.error('local stripe failed', { path, error: error instanceof Error ? error.stack : String(error) })
  const api = openApi({ store, key, operations, failed })
  const uses = { store, origin, advance: options.advance }
  return async (request, response) => {
    const head = headOf(request)
    const body = () => bodyText(request)
    try {
      const said = /^\/v[12]\//.test(head.path)
        ? await api.answer(head, body)
        : await answerPage(uses, head, body)
      response.writeHead(said.status, said.headers).end(said.body)
    } catch (error) {
      failed(error, head.path)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    }
  }
}

function headOf(request: IncomingMessage) {
  const { pathname, search } = new URL(request.url ?? '/', `http://${HOST}`)
  return {
    method: request.method ?? 'GET',
    path: pathname,
    query: search.slice(1),
    headers: request.headers as Record<string, string | undefined>,
  }
}

async function portOf(server: Server, wanted: number): Promise<number> {
  await new Promise<void>((ready, failed) => {
    server.once('error', failed).listen(wanted, '127.0.0.1', ready)
  })
  return (server.address() as AddressInfo).port
}
