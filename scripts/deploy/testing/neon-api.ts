import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import type { NeonOptions } from '../neon-client.ts'
import { type Call, ROUTES } from './neon-routes.ts'
import { ApiRefusal, NeonState } from './neon-state.ts'

export interface NeonApiServer extends AsyncDisposable {
  /** What a deployment is given; it waits without losing time. */
  readonly options: NeonOptions
  readonly state: NeonState
  /** `POST /projects`, in order. */
  readonly calls: string[]
  /** Statuses that the next requests are answered with, before any is looked at. */
  readonly failures: number[]
  freePlan: boolean
}

const KEY = 'napi_a_key_of_the_test'

/** Stands in for Neon: its API over HTTP, and for each branch a PostgreSQL in which roles may do what they may do. */
export async function openNeonApi(): Promise<NeonApiServer> {
  const state = new NeonState()
  const api = { state, calls: [] as string[], failures: [] as number[], freePlan: false }
  const server = createServer((request, response) => void answer(api, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const options = { apiKey: KEY, baseUrl: `http://127.0.0.1:${port}`, sleep: async () => undefined }
  const dispose = async () => {
    server.closeAllConnections()
    server.close()
    for (const cluster of state.clusters.values()) await cluster[Symbol.asyncDispose]()
  }
  return Object.assign(api, { options, [Symbol.asyncDispose]: dispose })
}

type Api = Pick<NeonApiServer, 'state' | 'calls' | 'failures' | 'freePlan'>

async function answer(api: Api, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [status, body] = await statusAndBody(api, request)
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

async function statusAndBody(api: Api, request: IncomingMessage): Promise<[number, object]> {
  try {
    return [200, await route(api, request)]
  } catch (error) {
    const refusal = error instanceof ApiRefusal ? error : new ApiRefusal(500, '', String(error))
    return [refusal.status, { code: refusal.code, message: refusal.message }]
  }
}

async function route(api: Api, request: IncomingMessage): Promise<object> {
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://neon')
  const { method = 'GET' } = request
  const body = method === 'GET' || method === 'DELETE' ? {} : await json(request).catch(() => ({}))
  api.calls.push(`${method} ${pathname}`)
  const failure = api.failures.shift()
  if (failure !== undefined) throw new ApiRefusal(failure, '', 'not now')
  if (request.headers.authorization !== `Bearer ${KEY}`)
    throw new ApiRefusal(401, '', 'this key is not valid')
  const { handle, ids } = handlerOf(method, pathname)
  if (method !== 'GET' && api.state.busy(ids[0] ?? ''))
    throw new ApiRefusal(423, '', 'project already has running operations')
  return handle({ state: api.state, ids, query, body, freePlan: api.freePlan } satisfies Call)
}

function handlerOf(method: string, pathname: string) {
  for (const [verb, path, handle] of ROUTES) {
    const found = verb === method ? path.exec(pathname) : null
    if (found !== null) return { handle, ids: found.slice(1) }
  }
  throw new ApiRefusal(404, '', `there is no ${method} ${pathname}`)
}
