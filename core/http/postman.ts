import { dereference } from './docs-page-fields.ts'
import { exampleOf } from './example.ts'
import type { OpenApi, Operation } from './openapi.ts'
import type { JsonSchema } from './openapi-schema.ts'

/** A Postman collection, format 2.1: what Postman, Insomnia, Bruno and Hoppscotch import. */
export interface PostmanCollection {
  readonly info: { readonly name: string; readonly description?: string; readonly schema: string }
  readonly auth: PostmanAuth
  readonly variable: readonly Pair[]
  /** One folder a tag. */
  readonly item: readonly { readonly name: string; readonly item: readonly PostmanItem[] }[]
}
export interface PostmanItem {
  readonly name: string
  readonly request: PostmanRequest
  readonly event?: readonly PostmanScript[]
  readonly response: readonly []
}
interface PostmanRequest {
  readonly method: string
  readonly description?: string
  /** Left out: the collection's token. */
  readonly auth?: PostmanAuth
  readonly header: readonly Pair[]
  readonly url: PostmanUrl
  readonly body?: PostmanBody
}
interface PostmanUrl {
  readonly raw: string
  readonly host: readonly string[]
  readonly path: readonly string[]
  readonly query?: readonly (Pair & { readonly disabled: boolean })[]
  readonly variable?: readonly Pair[]
}
type PostmanBody =
  | { readonly mode: 'raw'; readonly raw: string; readonly options: { raw: { language: 'json' } } }
  | { readonly mode: 'file'; readonly file: { readonly src: '' } }
type PostmanAuth =
  | { readonly type: 'noauth' }
  | { readonly type: 'bearer'; readonly bearer: readonly (Pair & { readonly type: 'string' })[] }
interface PostmanScript {
  readonly listen: 'test'
  readonly script: { readonly type: 'text/javascript'; readonly exec: readonly string[] }
}
interface Pair {
  readonly key: string
  readonly value: string
}

const SCHEMA = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/**
 * The API as a collection: a folder for each tag, `{{baseUrl}}` and the token `{{accessToken}}` as variables. Requests
 * whose answer brings tokens (sign up, log in) put them into the variables, so that the others work at once.
 */
export function postmanCollection(document: OpenApi): PostmanCollection {
  const { title, description } = document.info
  return {
    info: { name: title, ...(description === undefined ? {} : { description }), schema: SCHEMA },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{accessToken}}', type: 'string' }] },
    variable: [
      { key: 'baseUrl', value: document.servers[0]?.url ?? '' },
      ...TOKENS.map((key) => ({ key, value: '' })),
    ],
    item: document.tags.map(({ name }) => ({ name, item: itemsOf(document, name) })),
  }
}

const TOKENS = ['accessToken', 'refreshToken'] as const

function itemsOf(document: OpenApi, tag: string): PostmanItem[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => itemOf({ method: method.toUpperCase(), path, operation }, document)),
  )
}

interface Shown {
  readonly method: string
  readonly path: string
  readonly operation: Operation
}

function itemOf({ method, path, operation }: Shown, document: OpenApi): PostmanItem {
  const { summary, description, security, requestBody } = operation
  const [mediaType] = Object.keys(requestBody?.content ?? {})
  const event = keepTokens(operation, document)
  const body = bodyOf(operation, document)
  return {
    name: summary,
    ...(event ? { event: [event] } : {}),
    request: {
      method,
      ...(description === undefined ? {} : { description }),
      ...(security.length === 0 ? { auth: { type: 'noauth' } } : {}),
      header: mediaType === undefined ? [] : [{ key: 'content-type', value: mediaType }],
      url: urlOf(path, operation),
      ...(body ? { body } : {}),
    },
    response: [],
  }
}

function urlOf(path: string, { parameters }: Operation): PostmanUrl {
  const parts = path
    .replace(/\{(\w+)\}/g, ':$1')
    .slice(1)
    .split('/')
  const variable = parameters.filter((p) => p.in === 'path').map(({ name }) => ({ key: name, value: '' }))
  const query = parameters
    .filter((p) => p.in === 'query')
    .map(({ name, required, schema }) => ({ key: name, value: hint(schema), disabled: !required }))
  const sent = query.filter(({ disabled }) => !disabled).map(({ key, value }) => `${key}=${value}`)
  return {
    raw: `{{baseUrl}}/${parts.join('/')}${sent.length > 0 ? `?${sent.join('&')}` : ''}`,
    host: ['{{baseUrl}}'],
    path: parts,
    ...(query.length > 0 ? { query } : {}),
    ...(variable.length > 0 ? { variable } : {}),
  }
}

const hint = ({ enum: values }: JsonSchema): string => String(values?.[0] ?? '')

function bodyOf({ requestBody }: Operation, document: OpenApi): PostmanBody | undefined {
  if (!requestBody) return undefined
  const schema = requestBody.content['application/json']?.schema
  if (!schema) return { mode: 'file', file: { src: '' } }
  const text = JSON.stringify(exampleOf(schema, document), null, 2)
  return {
    mode: 'raw',
    raw: text.replace('$REFRESH_TOKEN', '{{refreshToken}}'),
    options: { raw: { language: 'json' } },
  }
}

/** A script that runs after the answer and keeps its tokens; `undefined` where no answer has one. */
function keepTokens({ responses }: Operation, document: OpenApi): PostmanScript | undefined {
  const fields = Object.values(responses).flatMap(({ content }) => {
    const schema = content?.['application/json']?.schema
    return schema ? Object.keys(dereference(schema, document).properties ?? {}) : []
  })
  const kept = TOKENS.filter((token) => fields.includes(token))
  if (kept.length === 0) return undefined
  const keep = (token: string) =>
    `  if (answer.${token}) pm.collectionVariables.set(${JSON.stringify(token)}, answer.${token})`
  const exec = [
    'if (pm.response.code < 300) {',
    '  const answer = pm.response.json()',
    ...kept.map(keep),
    '}',
  ]
  return { listen: 'test', script: { type: 'text/javascript', exec } }
}
