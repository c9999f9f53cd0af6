import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { createRouter } from '../../core/http/router.ts'
import { httpFunctions } from '../../functions/entry/manifests.ts'
import type { WireAnswer, WireRequest } from '../conformance/http-case.ts'

/** Where clients reach the API: one origin for all functions, which it tells apart by the routes of their manifests. */
export interface Front extends AsyncDisposable {
  readonly origin: string
  /** From now on requests are answered by this; before they get 503. */
  open(answer: (name: string, request: WireRequest) => Promise<WireAnswer>): void
}

/** On a free port. `failed` hears of requests for which no answer came from behind; their clients get 502. */
export async function openFront(failed: (line: string) => void): Promise<Front> {
  const owner = routesToFunctions()
  let answer: ((name: string, request: WireRequest) => Promise<WireAnswer>) | undefined
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const wire = await readRequest(request)
    const name = owner(wire)
    if (name === undefined) return write(response, NOT_FOUND)
    write(response, answer ? await answer(name, wire) : STARTING)
  }
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
      failed(`${request.method} ${request.url}: ${String(error)}\n`)
      write(response, BAD_GATEWAY)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    open: (by) => {
      answer = by
    },
    [Symbol.asyncDispose]: close,
  }
}

/** As infrastructure routes them: a path that no manifest names reaches no function. */
function routesToFunctions(): (request: WireRequest) => string | undefined {
  const names = new Map(httpFunctions.flatMap(({ name, routes }) => routes.map((route) => [route, name])))
  const router = createRouter([...names.keys()], async () => undefined)
  return ({ method, target }) => {
    const found = router.match(method, target.split('?')[0] ?? '')
    return found && names.get(found.route)
  }
}

/** Of one connection alone; the host is the front's own. */
const HOP_BY_HOP = new Set(['connection', 'host', 'keep-alive', 'transfer-encoding', 'content-length'])

async function readRequest(request: IncomingMessage): Promise<WireRequest> {
  const { method = 'GET', url: target = '/', rawHeaders, socket } = request
  const body = await buffer(request)
  const headers = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 && !HOP_BY_HOP.has(name.toLowerCase()) ? [[name, rawHeaders[at + 1] ?? ''] as const] : [],
  )
  const clientIp = socket.remoteAddress ?? ''
  return { method, target, headers, body: body.byteLength > 0 ? body : undefined, clientIp }
}

const plain = (status: number): WireAnswer => ({ status, headers: {}, cookies: [], body: new Uint8Array() })
const [NOT_FOUND, BAD_GATEWAY, STARTING] = [plain(404), plain(502), plain(503)]

function write(response: ServerResponse, { status, headers, cookies, body }: WireAnswer): void {
  for (const [name, value] of Object.entries(headers))
    if (!HOP_BY_HOP.has(name)) response.setHeader(name, value)
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  response.writeHead(status).end(body)
}
