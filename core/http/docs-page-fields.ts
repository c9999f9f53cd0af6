import { escapeHtml } from './html.ts'
import type { OpenApi } from './openapi.ts'
import type { JsonSchema } from './openapi-schema.ts'

const MAX_DEPTH = 4

/** What the presence of a field is called: one must be sent, one is always answered. */
export interface FieldWords {
  readonly required: string
  readonly optional: string
}
export const INPUT_WORDS: FieldWords = { required: '<b>required</b>', optional: 'optional' }
export const ANSWER_WORDS: FieldWords = { required: 'always', optional: 'may be absent' }

interface Walk {
  readonly document: OpenApi
  readonly words: FieldWords
}

/** A table of a schema's fields with their types and rules; nested fields are written `failure.reason`, `items[].id`. */
export function fieldTable(schema: JsonSchema, document: OpenApi, words: FieldWords): string {
  const rows = fieldRows(schema, { document, words }, '')
  if (rows.length === 0) return ''
  const head = '<tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Rules</th></tr>'
  return `<div class="wide" tabindex="0"><table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></div>`
}

/** The schema itself, behind any `$ref` into the document's components. */
export function dereference(schema: JsonSchema, document: OpenApi): JsonSchema {
  const name = schema.$ref?.split('/').at(-1)
  const target = name === undefined ? undefined : document.components.schemas[name]
  return target ? dereference(target, document) : schema
}

function fieldRows(schema: JsonSchema, walk: Walk, prefix: string): string[] {
  const { properties = {}, required = [], items } = dereference(schema, walk.document)
  if (items && prefix === '') return fieldRows(items, walk, '[]')
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`
    const target = dereference(field, walk.document)
    return [row(path, target, required.includes(name), walk), ...nestedRows(path, target, walk)]
  })
}

function nestedRows(path: string, field: JsonSchema, walk: Walk): string[] {
  if (path.split('.').length >= MAX_DEPTH) return []
  return field.items ? fieldRows(field.items, walk, `${path}[]`) : fieldRows(field, walk, path)
}

function row(path: string, schema: JsonSchema, required: boolean, { document, words }: Walk): string {
  const need = required ? words.required : words.optional
  const rules = [need, ...rulesOf(schema).map(escapeHtml)].join(', ')
  const name = escapeHtml(path).replaceAll('.', '.<wbr>')
  return `<tr><td><code>${name}</code></td><td>${escapeHtml(typeOf(schema, document))}</td><td>${rules}</td></tr>`
}

function typeOf(schema: JsonSchema, document: OpenApi): string {
  const choices =
    schema.anyOf ?? (Array.isArray(schema.type) ? schema.type.map((type) => ({ type })) : undefined)
  if (choices)
    return [...new Set(choices.map((one) => typeOf(dereference(one, document), document)))].join(' or ')
  if (schema.type === 'array')
    return schema.items ? `list of ${typeOf(dereference(schema.items, document), document)}` : 'list'
  if (schema.format === 'date-time') return 'time'
  return (schema.type as string | undefined) ?? (schema.const === undefined ? 'any' : 'constant')
}

function rulesOf(schema: JsonSchema): string[] {
  const { minLength, maxLength, minItems, maxItems, minimum, maximum } = schema
  const choice =
    schema.enum?.map(String).join(' | ') ?? (schema.const === undefined ? undefined : String(schema.const))
  return [
    range(minLength, maxLength, ' characters'),
    range(minItems, maxItems, ' items'),
    range(minimum, maximum, ''),
    choice,
    schema.pattern === undefined ? undefined : `matches ${schema.pattern}`,
    schema.format === 'date-time' ? 'RFC 3339, UTC' : undefined,
  ].filter((rule) => rule !== undefined)
}

function range(min: number | undefined, max: number | undefined, unit: string): string | undefined {
  if (min !== undefined && max !== undefined) return `${min} to ${max}${unit}`
  if (max !== undefined) return `at most ${max}${unit}`
  return min === undefined ? undefined : `at least ${min}${unit}`
}
