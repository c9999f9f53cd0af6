import * as catalogWire from '../catalog/wire.ts'
import { DOCS_CSP, docsPage } from '../http/docs-page.ts'
import { tagged } from '../http/etag.ts'
import { type OpenApi, openApiDocument } from '../http/openapi.ts'
import { notFound } from '../http/problem.ts'
import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import * as identityWire from '../identity/wire.ts'
import * as videoWire from '../video/wire.ts'
import { API_DESCRIPTION, API_VERSION } from './description.ts'
import { problemType } from './problem-type.ts'
import { checkReady } from './ready.ts'
import { Health, ProblemType } from './wire.ts'

const tag = 'Platform'
const NO_STORE = { 'cache-control': 'no-store' }
const FRESH = { 'cache-control': 'public, no-cache' }

/** Health of the process and the description of the whole API. `allRoutes` is asked at the first request only. */
export function platformRoutes(allRoutes: () => readonly Route[]): readonly Route[] {
  return [...healthRoutes, ...openApiRoutes(allRoutes)]
}

const healthRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/healthz',
    tag,
    access: 'public',
    summary: 'Is the process up',
    answers: { 200: { description: 'It is', schema: Health } },
    handler: async () => ok({ status: 'ok' }, NO_STORE),
  }),
  route({
    method: 'GET',
    path: '/readyz',
    tag,
    access: 'public',
    summary: 'Can requests be served: does the database answer, is it migrated',
    answers: { 200: { description: 'They can', schema: Health } },
    problems: { 'not-ready': '503: What is missing stands in `detail`.' },
    handler: async (_, ports) => {
      await checkReady(ports)
      return ok({ status: 'ok' }, NO_STORE)
    },
  }),
]

/** The API's description for programs and for people, made from the routes at the first request. */
export function openApiRoutes(allRoutes: () => readonly Route[]): readonly Route[] {
  const made = new Map<string, OpenApi>()
  const documentAt = (origin: string): OpenApi => {
    const document = made.get(origin) ?? describeApi(allRoutes(), origin)
    made.set(origin, document)
    return document
  }
  return [
    route({
      method: 'GET',
      path: '/openapi.json',
      tag,
      access: 'public',
      summary: 'The OpenAPI 3.1 document of this API',
      answers: { 200: { description: 'OpenAPI 3.1' } },
      handler: async ({ request }, { config }) => tagged(request, documentAt(config.publicOrigin), FRESH),
    }),
    route({
      method: 'GET',
      path: '/problems/:code',
      tag,
      access: 'public',
      summary: 'What a kind of problem means',
      description: 'The `type` of every problem leads here.',
      answers: {
        200: { description: 'Its meanings, and the operations that answer it', schema: ProblemType },
      },
      handler: async ({ params }, { config }) => {
        const found = problemType(documentAt(config.publicOrigin), params.code ?? '')
        if (!found) throw notFound('kind of problem')
        return ok(found, FRESH)
      },
    }),
    route({
      method: 'GET',
      path: '/docs',
      tag,
      access: 'public',
      summary: 'The API for people',
      answers: { 200: { description: 'A page', mediaType: 'text/html' } },
      handler: async (_, { config }) => ({
        status: 200,
        headers: {
          ...FRESH,
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': DOCS_CSP,
        },
        body: docsPage(documentAt(config.publicOrigin)),
      }),
    }),
  ]
}

/** The OpenAPI document of the whole API at this origin. */
export const describeApi = (routes: readonly Route[], origin: string): OpenApi =>
  openApiDocument(routes, {
    title: 'Skyreel API',
    version: API_VERSION,
    description: API_DESCRIPTION,
    origin,
    schemas: { ...identityWire, ...videoWire, ...catalogWire, Health, ProblemType },
  })
