import type { Subscriber } from '../../adapters/local/bus.ts'
import { localEvents } from '../../adapters/local/events.ts'
import type { LocalColumn } from '../../adapters/local/ports.ts'
import { openStorageHttp } from '../../adapters/local/storage-http.ts'
import type { StreamedRequest } from '../../adapters/node/http-request.ts'
import { openPages } from '../../adapters/node/static.ts'
import { JSON_MAX_BYTES } from '../../core/http/json-body.ts'
import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import type { Route } from '../../core/http/route.ts'
import { createRouter } from '../../core/http/router.ts'
import { authenticate } from '../../core/identity/authenticate.ts'
import type { Ports } from '../../core/ports/ports.ts'
import { consumerOf } from '../../core/run/consume.ts'
import type { Context } from '../../core/run/context.ts'
import { concerns } from '../../core/run/deliver.ts'
import type { Log } from '../../core/run/log.ts'
import { meteredMount } from '../../core/usage/metered-mount.ts'
import { httpFunctions, onFunctions } from './manifests.ts'
import { pagePolicy } from './page-policy.ts'

export interface Requests {
  handle(request: HttpRequest, ctx: Context): Promise<HttpResponse>
  raw(request: StreamedRequest, ctx: Context): Promise<HttpResponse> | undefined
  /** Bytes that the route takes; 0 where none answers: a 404 or 405 reads no body. */
  bodyLimit(method: string, path: string): number
  /** Of the function that would answer. */
  timeoutSeconds(method: string, path: string): number | undefined
  /** Writes down the requests that were counted and not written yet. */
  flush(ctx: Pick<Context, 'log'>): Promise<void>
}

const PAGE_POLICY = pagePolicy()

/** One origin for all: the object store's signed requests, the API, and the pages for what is neither. */
export function openRequests(column: LocalColumn, pagesFolder: string | undefined): Requests {
  const routes = httpFunctions.flatMap((fn) => fn.routes)
  const router = createRouter(routes, authenticate)
  const mount = meteredMount({ routes, timeoutSeconds: 0 }, column.ports)
  const limits = new Map(httpFunctions.flatMap((fn) => fn.routes.map((route) => [route, fn.timeoutSeconds])))
  const pages =
    pagesFolder === undefined
      ? undefined
      : openPages(pagesFolder, { headers: () => ({ 'content-security-policy': PAGE_POLICY }) })
  const store = openStorageHttp({ ...column.ports, storage: column.storage })
  return {
    raw: (request, ctx) => store(request, ctx),
    timeoutSeconds: (method, path) => {
      const found = router.match(method, path)
      return found && limits.get(found.route)
    },
    bodyLimit: (method, path) => {
      const found = router.match(method, path)
      return found ? longestBody(found.route) : 0
    },
    handle: async (request, ctx) => {
      // A look at the disk for each wrong path of the API would cost more than its answer.
      const isPage = pages && !request.path.startsWith('/v1/') && !router.match(request.method, request.path)
      const page = isPage && (await pages(request))
      if (page) return page
      return mount.handle(request, ctx)
    },
    flush: (ctx) => mount.stop(ctx),
  }
}

/** What a client sends to a route that takes no body is read and dropped, so that the connection can stay. */
const UNWANTED_MAX_BYTES = 16_384

function longestBody({ body, bodyMaxBytes, rawBody }: Route): number {
  if (rawBody) return rawBody.maxBytes
  return body ? (bodyMaxBytes ?? JSON_MAX_BYTES) : UNWANTED_MAX_BYTES
}

/** Every function that reacts to events, as a consumer of the local bus. `stop` tells those at work that the platform ends. */
export function subscribers(ports: Ports, log: Log, stop?: AbortSignal): Subscriber[] {
  const { ids } = ports
  return onFunctions.map((fn) =>
    localEvents(consumerOf(fn, ports), {
      ...{ log, ids, wants: (event) => concerns(fn, event) },
      ...(stop ? { stop } : {}),
    }),
  )
}
