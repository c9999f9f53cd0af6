import { type ApiProblem, COMMON_COMPONENTS, problemsOf } from './openapi-problems.ts'
import { type JsonSchema, type SchemaWriter, schemaWriter } from './openapi-schema.ts'
import type { Route } from './route.ts'

export interface ApiInfo {
  readonly title: string
  readonly version: string
  readonly description?: string
  /** Origin of the API: `http://localhost:8080`. */
  readonly origin: string
  /** Schemas that get a name in the document, by name; whole wire modules may be spread here. */
  readonly schemas?: Readonly<Record<string, unknown>>
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: JsonSchema
}
export interface Media {
  readonly [mediaType: string]: { readonly schema?: JsonSchema }
}
export interface ResponseObject {
  readonly description: string
  readonly content?: Media
}
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly description?: string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: { readonly required: true; readonly content: Media; readonly 'x-max-bytes'?: number }
  readonly responses: Readonly<Record<string, ResponseObject>>
  /** Every problem that this operation may answer. */
  readonly 'x-problems': readonly ApiProblem[]
}
export interface OpenApi {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly servers: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>
    readonly [kind: string]: unknown
  }
}

/** The OpenAPI 3.1 document of these routes, in the order given. */
export function openApiDocument(routes: readonly Route[], info: ApiInfo): OpenApi {
  const writer = schemaWriter(info.schemas ?? {})
  const { title, version, description } = info
  const paths = pathsOf(routes, writer)
  return {
    openapi: '3.1.0',
    info: description === undefined ? { title, version } : { title, version, description },
    servers: [{ url: info.origin }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      ...COMMON_COMPONENTS,
      schemas: { ...COMMON_COMPONENTS.schemas, ...used(writer.components, paths) },
    },
  }
}

/** Queries are written out as parameters: their schemas would stand there unread. */
function used(components: SchemaWriter['components'], paths: OpenApi['paths']): Record<string, JsonSchema> {
  const text = JSON.stringify([paths, components])
  return Object.fromEntries(
    Object.entries(components).filter(([name]) => text.includes(`"#/components/schemas/${name}"`)),
  )
}

function pathsOf(routes: readonly Route[], writer: SchemaWriter): OpenApi['paths'] {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, writer) }
  }
  return paths
}

function operation(route: Route, writer: SchemaWriter): Operation {
  const problems = problemsOf(route)
  const body = requestBody(route, writer)
  return {
    operationId: operationId(route),
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: SECURITY[route.access],
    parameters: [...pathParameters(route), ...queryParameters(route, writer)],
    ...(body ? { requestBody: body } : {}),
    responses: { ...answers(route, writer), ...problemAnswers(problems) },
    'x-problems': problems,
  }
}

const SECURITY = { public: [], optional: [{}, { bearer: [] }], user: [{ bearer: [] }] } as const

/** `GET /v1/videos/:id/playback` is `getVideosByIdPlayback`. */
function operationId({ method, path }: Route): string {
  const words = path.split(/[/.-]/).filter((part) => part !== '' && part !== 'v1')
  const named = words.map((word) => (word.startsWith(':') ? `By${capital(word.slice(1))}` : capital(word)))
  return method.toLowerCase() + named.join('')
}
const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function pathParameters({ path }: Route): Parameter[] {
  const names = [...path.matchAll(/:(\w+)/g)].map((match) => match[1] ?? '')
  return names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
}

function queryParameters({ query }: Route, writer: SchemaWriter): Parameter[] {
  if (!query) return []
  const schema = resolved(writer.write(query), writer)
  return Object.entries(schema.properties ?? {}).map(([name, rules]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    schema: rules,
  }))
}

/** A query is written out field by field, so its own name is of no use. */
function resolved(schema: JsonSchema, { components }: SchemaWriter): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  return (name === undefined ? undefined : components[name]) ?? schema
}

function requestBody({ body, bodyMaxBytes, rawBody }: Route, writer: SchemaWriter): Operation['requestBody'] {
  const limit = rawBody?.maxBytes ?? bodyMaxBytes
  const max = limit === undefined ? {} : { 'x-max-bytes': limit }
  if (body) return { required: true, content: { 'application/json': { schema: writer.write(body) } }, ...max }
  if (!rawBody) return undefined
  return { required: true, content: Object.fromEntries(rawBody.mediaTypes.map((type) => [type, {}])), ...max }
}

function answers({ answers }: Route, writer: SchemaWriter): Record<string, ResponseObject> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, mediaType }]) => {
      if (!schema && !mediaType) return [status, { description }]
      const content = { [mediaType ?? 'application/json']: schema ? { schema: writer.write(schema) } : {} }
      return [status, { description, content }]
    }),
  )
}

function problemAnswers(problems: readonly ApiProblem[]): Record<string, ResponseObject> {
  const byStatus = Map.groupBy(problems, (problem) => problem.status)
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => {
      const description = some.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join('\n\n')
      return [status, { description, content }]
    }),
  )
}
