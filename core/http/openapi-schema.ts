import * as z from 'zod/mini'
import type { Schema } from './route.ts'

/** A JSON Schema (2020-12) as OpenAPI 3.1 embeds it. */
export interface JsonSchema {
  readonly $ref?: string
  /** Several where a field may be null. */
  readonly type?: string | readonly string[]
  readonly anyOf?: readonly JsonSchema[]
  readonly format?: string
  readonly pattern?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: boolean | JsonSchema
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly [keyword: string]: unknown
}

export interface SchemaWriter {
  /** The JSON Schema of `schema`; one that has a name becomes a `$ref` into `components`. */
  write(schema: Schema): JsonSchema
  /** Named schemas written so far, by name. */
  readonly components: Readonly<Record<string, JsonSchema>>
}

/** `named` may hold whole modules of wire schemas: what is no schema is passed over. */
export function schemaWriter(named: Readonly<Record<string, unknown>>): SchemaWriter {
  const registry = z.registry<{ id: string }>()
  for (const [id, value] of Object.entries(named)) if (isSchema(value)) registry.add(value, { id })
  const components: Record<string, JsonSchema> = {}
  const write = (schema: Schema): JsonSchema => {
    // `output`: what is left after trimming and number reading is what the rules speak of.
    const made = z.toJSONSchema(schema, { metadata: registry, io: 'output', override: tidy }) as JsonSchema
    const { $schema: _, '~standard': __, $defs = {}, ...json } = made
    for (const [name, def] of Object.entries($defs as Record<string, JsonSchema>))
      components[name] = relocate(def)
    return relocate(json)
  }
  return { write, components }
}

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && '_zod' in value

/** Leaves out what the library adds and no reader needs. */
function tidy({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes
  jsonSchema: z.core.JSONSchema.BaseSchema
}): void {
  const { def } = zodSchema._zod
  // Answers may grow: only a strict object refuses fields that it does not know.
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
  if (jsonSchema.format === 'date-time') delete jsonSchema.pattern
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
}

function relocate(json: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema
}
