import { dereference } from './docs-page-fields.ts'
import type { OpenApi } from './openapi.ts'
import type { JsonSchema } from './openapi-schema.ts'

/** The smallest value that a reader understands: required fields, or the first optional one where none is required. */
export function exampleOf(schema: JsonSchema, document: OpenApi, name = ''): unknown {
  const target = dereference(schema, document)
  if (target.enum) return target.enum[0]
  if (target.type === 'object') return exampleObject(target, document)
  if (target.type === 'array') return target.items ? [exampleOf(target.items, document, name)] : []
  if (target.type === 'integer' || target.type === 'number') return Math.max(target.minimum ?? 1, 1)
  if (target.type === 'boolean') return true
  return EXAMPLES[name] ?? `<${name}>`
}

function exampleObject(
  { properties = {}, required = [] }: JsonSchema,
  document: OpenApi,
): Record<string, unknown> {
  const names = required.length > 0 ? required : Object.keys(properties).slice(0, 1)
  return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {}, document, name)]))
}

const EXAMPLES: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  password: 'a long pass phrase',
  title: 'Holiday by the sea',
  name: 'holiday.mp4',
  refreshToken: '$REFRESH_TOKEN',
}
