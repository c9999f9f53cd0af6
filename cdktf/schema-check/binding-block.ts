import {
  type BindingText,
  between,
  computedFields,
  plain,
  requiredFields,
  type TakenField,
  takenFields,
} from './binding-text.ts'
import type { Attribute, Block, NestedBlock, TerraformType } from './block.ts'

interface Piece {
  /** The code that lists what may be written. */
  readonly takes: string
  /** The class, with what may only be read. */
  readonly gives: string
  /** Interface with what must be written. */
  readonly config: string
}

/** The schema of the resource, data source or provider that a binding is of. */
export function blockOf(binding: BindingText): Block {
  const name = /\n(\w+)\.tfResourceType = /.exec(binding.code)?.[1] ?? ''
  const gives = between(binding.code, `\nclass ${name} extends`, `\nexports.${name} = `)
  const takes = gives.slice(gives.indexOf('synthesizeHclAttributes()'))
  return blockFrom(binding, { gives, takes, config: `${name}Config` })
}

function structOf(binding: BindingText, name: string): Block {
  const config = name.charAt(0).toUpperCase() + name.slice(1)
  const reference = `${config}OutputReference`
  return blockFrom(binding, {
    takes: between(binding.code, `function ${name}ToHclTerraform(`, '\n}'),
    gives: between(binding.code, `class ${reference} extends`, `\nexports.${reference} = `),
    config,
  })
}

function blockFrom(binding: BindingText, { takes, gives, config }: Piece): Block {
  const required = requiredFields(binding.types, config)
  const fields = takenFields(takes)
  const written = new Set(fields.map(({ name }) => name))
  const read = computedFields(gives).filter(({ name }) => !written.has(name))
  return {
    attributes: [
      ...fields.filter(({ isBlock }) => !isBlock).map((field) => attributeOf(field, required)),
      ...read.map(({ name, read }) => ({ name, type: readType(read), computed: true })),
    ],
    blocks: fields
      .filter(({ isBlock }) => isBlock)
      .map((field) => nestedOf(field, { binding, required: required.has(plain(field.name)) })),
  }
}

function attributeOf(field: TakenField, required: ReadonlySet<string>): Attribute {
  const must = required.has(plain(field.name))
  const base = { name: field.name, type: writtenType(field), required: must, optional: !must }
  if (field.name.endsWith('_wo')) return { ...base, writeOnly: true }
  // The bindings do not tell which optional fields the provider fills in; `validate` treats both alike.
  return must ? base : { ...base, computed: true }
}

function nestedOf(
  { name, type, value }: TakenField,
  { binding, required }: { binding: BindingText; required: boolean },
): NestedBlock {
  const struct = /(?<!cdktf\.)\b(\w+)ToHclTerraform/.exec(value)?.[1] ?? ''
  const nesting = type === 'struct' ? 'single' : type === 'set' ? 'set' : 'list'
  const single = nesting === 'single' || !value.includes('listMapperHcl')
  return { name, nesting, required, single, block: structOf(binding, struct) }
}

const PRIMITIVE: Readonly<Record<string, TerraformType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
}

function writtenType({ type, storageClass }: TakenField): TerraformType {
  if (type === 'simple') return PRIMITIVE[storageClass] ?? 'dynamic'
  const inner = PRIMITIVE[storageClass.replace(/(List|Map)$/, '')]
  return inner === undefined ? 'dynamic' : [type, inner]
}

const READ: readonly (readonly [RegExp, TerraformType])[] = [
  [/getStringAttribute/, 'string'],
  [/getNumberAttribute/, 'number'],
  [/getBooleanAttribute/, 'bool'],
  [/getListAttribute|StringList\(/, ['list', 'string']],
  [/cdktf\.StringMap\(/, ['map', 'string']],
]

/** What is an object of several fields is left open: a reference into it is then not checked. */
const readType = (code: string): TerraformType => READ.find(([seen]) => seen.test(code))?.[1] ?? 'dynamic'
