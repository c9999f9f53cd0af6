import type { Ports } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { readJsonBody, tooLarge, unsupportedType } from './json-body.ts'
import { invalid, Problem, type ProblemFacts, problemResponse } from './problem.ts'
import { read } from './read.ts'
import type { HttpRequest } from './request.ts'
import type { HttpResponse } from './response.ts'
import type { Route } from './route.ts'

/** Tells who asks from the request's credentials: nobody is `undefined`; a bad or expired token throws a 401 Problem. */
export type Authenticate = (request: HttpRequest, ports: Ports) => Promise<Actor | undefined>

export interface Router {
  /** Answers every request; never throws. Unexpected errors are logged with their cause and answered as 500. */
  handle(request: HttpRequest, ports: Ports, ctx: Context): Promise<HttpResponse>
  /** The route that would answer, without running it. */
  match(method: string, path: string): { route: Route; params: Record<string, string> } | undefined
}

/** Compiles routes once; a lookup costs one map access for static paths and one walk of the segments for others. */
export function createRouter(routes: readonly Route[], authenticate: Authenticate): Router {
  const tree = buildTree(routes)
  const match = (method: string, path: string) => find(tree, method === 'HEAD' ? 'GET' : method, path)
  const run = async (request: HttpRequest, ports: Ports, ctx: Context) => {
    const found = match(request.method, request.path)
    if (!found) throw missing(tree, request)
    return answer(found.route, withParams(request, found.params), { ports, ctx, authenticate })
  }
  return { match, handle: (request, ports, ctx) => guarded(() => run(request, ports, ctx), ctx) }
}

const withParams = (request: HttpRequest, params: HttpRequest['params']): HttpRequest =>
  new RoutedRequest(request, params)

/**
 * Laid over and not spread: an adapter parses query, cookies and body when they are read, and most requests read one of
 * them at most. A class, because `Object.create` turns each request into a prototype: half of all that an event cost us.
 */
class RoutedRequest implements HttpRequest {
  readonly method: string
  readonly path: string
  readonly headers: HttpRequest['headers']
  readonly params: HttpRequest['params']
  readonly clientIp: string
  private readonly arrived: HttpRequest

  constructor(arrived: HttpRequest, params: HttpRequest['params']) {
    this.method = arrived.method
    this.path = arrived.path
    this.headers = arrived.headers
    this.params = params
    this.clientIp = arrived.clientIp
    this.arrived = arrived
  }
  get query(): HttpRequest['query'] {
    return this.arrived.query
  }
  get cookies(): HttpRequest['cookies'] {
    return this.arrived.cookies
  }
  get body(): Uint8Array {
    return this.arrived.body
  }
}

interface Surroundings {
  readonly ports: Ports
  readonly ctx: Context
  readonly authenticate: Authenticate
}

async function answer(route: Route, request: HttpRequest, at: Surroundings): Promise<HttpResponse> {
  const actor = route.access === 'public' ? undefined : await at.authenticate(request, at.ports)
  if (route.access === 'user' && !actor) throw new Problem(SIGN_IN)
  const query = route.query ? read(route.query, onceEach(request.query), 'query') : undefined
  const body = readBody(route, request)
  return route.handler({ request, params: request.params, query, body, actor }, at.ports, at.ctx)
}

/** A parameter that comes twice is refused: which of the two was meant is not ours to guess. */
function onceEach(query: URLSearchParams): Record<string, string> {
  const names = [...query.keys()]
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw invalid([{ field: `query.${twice.slice(0, 100)}`, rule: 'repeated', message: 'may be given once' }])
  return Object.fromEntries(query)
}

const SIGN_IN: ProblemFacts = {
  status: 401,
  code: 'unauthorized',
  title: 'Sign in first',
  detail: 'This needs an access token: Authorization: Bearer ...',
  headers: { 'www-authenticate': 'Bearer' },
}

function readBody(route: Route, request: HttpRequest): unknown {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding !== 'identity')
    throw unsupportedType(`a body encoded as ${encoding.slice(0, 40)}`, ['it as it is'])
  const type = request.headers['content-type']
  if (route.body) return read(route.body, readJsonBody(request.body, type, route.bodyMaxBytes), 'body')
  if (!route.rawBody) return undefined
  const { mediaTypes, maxBytes } = route.rawBody
  if (request.body.byteLength > maxBytes) throw tooLarge(maxBytes)
  if (
    !mediaTypes.includes('*/*') &&
    !mediaTypes.includes((type ?? '').split(';')[0]?.trim().toLowerCase() ?? '')
  )
    throw unsupportedType(type, mediaTypes)
  return request.body
}

async function guarded(run: () => Promise<HttpResponse>, ctx: Context): Promise<HttpResponse> {
  try {
    const response = await run()
    return { ...response, headers: { ...response.headers, 'x-request-id': ctx.requestId } }
  } catch (error) {
    const facts = error instanceof Problem ? error.facts : unexpected(error, ctx)
    const response = problemResponse(facts, ctx.requestId)
    return { ...response, headers: { ...response.headers, 'x-request-id': ctx.requestId } }
  }
}

function unexpected(error: unknown, ctx: Context): ProblemFacts {
  ctx.log.error('request failed', { error })
  const detail = 'Something failed on our side. The request id finds it in the log.'
  return { status: 500, code: 'internal', title: 'Internal error', detail }
}

interface Node {
  readonly children: Map<string, Node>
  param?: { readonly name: string; readonly node: Node }
  readonly routes: Map<string, Route>
}
const emptyNode = (): Node => ({ children: new Map(), routes: new Map() })

function buildTree(routes: readonly Route[]): Node {
  const root = emptyNode()
  for (const route of routes) {
    const node = route.path.split('/').slice(1).reduce(grow, root)
    if (node.routes.has(route.method)) throw new Error(`two routes for ${route.method} ${route.path}`)
    node.routes.set(route.method, route)
  }
  return root
}

function grow(node: Node, segment: string): Node {
  if (segment.startsWith(':')) {
    const name = segment.slice(1)
    node.param ??= { name, node: emptyNode() }
    if (node.param.name !== name)
      throw new Error(`one part of a path has two names: :${node.param.name} and :${name}`)
    return node.param.node
  }
  const next = node.children.get(segment) ?? emptyNode()
  node.children.set(segment, next)
  return next
}

interface Hit {
  readonly node: Node
  readonly params: Record<string, string>
}

function walk(root: Node, path: string): Hit | undefined {
  return descend(root, path.split('/'), 1)
}

/** A literal part wins over a named one; where its branch ends, the named one is tried. */
function descend(node: Node, segments: readonly string[], at: number): Hit | undefined {
  const segment = segments[at]
  if (segment === undefined) return node.routes.size > 0 ? { node, params: {} } : undefined
  const child = node.children.get(segment)
  const hit = child && descend(child, segments, at + 1)
  if (hit || !node.param || segment === '') return hit
  const below = descend(node.param.node, segments, at + 1)
  return below && { node: below.node, params: { [node.param.name]: segment, ...below.params } }
}

function find(root: Node, method: string, path: string) {
  const hit = walk(root, path)
  const route = hit?.node.routes.get(method)
  return hit && route ? { route, params: hit.params } : undefined
}

function missing(root: Node, request: HttpRequest): Problem {
  const hit = walk(root, request.path)
  if (!hit)
    return new Problem({
      status: 404,
      code: 'no-such-route',
      title: 'Not found',
      detail: `Nothing answers at ${request.path.slice(0, 200)}.`,
    })
  const allow = [...hit.node.routes.keys()]
    .flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))
    .join(', ')
  return new Problem({
    status: 405,
    code: 'method-not-allowed',
    title: 'Method not allowed',
    detail: `Allowed: ${allow}.`,
    headers: { allow },
  })
}
