import { dereference } from './docs-page-fields.ts'
import type { OpenApi, Operation } from './openapi.ts'
import type { JsonSchema } from './openapi-schema.ts'

/** A `curl` command that calls the operation, with its required fields filled in. */
export function curlOf(
  shown: { method: string; path: string; operation: Operation },
  document: OpenApi,
): string {
  const { method, path, operation } = shown
  const origin = document.servers[0]?.url ?? ''
  const url = `'${origin}${path.replace(/\{(\w+)\}/g, '<$1>')}${requiredQuery(operation)}'`
  const lines = [method === 'GET' ? `curl ${url}` : `curl -X ${method} ${url}`]
  if (operation.security.length === 1) lines.push(`-H "authorization: Bearer $TOKEN"`)
  return [...lines, ...bodyLines(operation, document)].join(' \\\n  ')
}

function requiredQuery({ parameters }: Operation): string {
  const some = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  return some.length === 0 ? '' : `?${some.map(({ name }) => `${name}=<${name}>`).join('&')}`
}

function bodyLines({ requestBody }: Operation, document: OpenApi): string[] {
  const [type, media] = Object.entries(requestBody?.content ?? {})[0] ?? []
  if (type === undefined) return []
  const header = `-H 'content-type: ${type}'`
  if (!media?.schema) return [header, "--data-binary '@<file>'"]
  return [header, `-d '${JSON.stringify(example(media.schema, document)).replaceAll("'", "'\\''")}'`]
}

/** The smallest value that a reader understands: required fields, or the first optional one where none is required. */
function example(schema: JsonSchema, document: OpenApi, name = ''): unknown {
  const target = dereference(schema, document)
  if (target.enum) return target.enum[0]
  if (target.type === 'object') return exampleObject(target, document)
  if (target.type === 'array') return target.items ? [example(target.items, document, name)] : []
  if (target.type === 'integer' || target.type === 'number') return Math.max(target.minimum ?? 1, 1)
  if (target.type === 'boolean') return true
  return EXAMPLES[name] ?? `<${name}>`
}

function exampleObject(
  { properties = {}, required = [] }: JsonSchema,
  document: OpenApi,
): Record<string, unknown> {
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, example(properties[name] ?? {}, document, name)]))
}

const EXAMPLES: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  password: 'a long pass phrase',
  title: 'Holiday by the sea',
  name: 'holiday.mp4',
  refreshToken: '$REFRESH_TOKEN',
}
