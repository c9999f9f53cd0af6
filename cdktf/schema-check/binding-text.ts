/** The two files that a binding of a provider's package is made of, as text. They are read and never loaded: that takes seconds. */
export interface BindingText {
  readonly code: string
  readonly types: string
}

/** One thing that a resource or a block takes, as the binding tells the synthesizer. */
export interface TakenField {
  readonly name: string
  readonly isBlock: boolean
  /** `simple`, `list`, `set`, `map` or `struct`. */
  readonly type: string
  readonly storageClass: string
  /** Expression that makes its value: it names the function that knows a block's own fields. */
  readonly value: string
}

const FIELD =
  /(\w+): \{\s*value: ([\s\S]*?),\s*isBlock: (true|false),\s*type: "(\w+)",\s*storageClassType: "(\w+)",?\s*\}/g

/** The fields that are written in a piece of a binding. */
export function takenFields(piece: string): readonly TakenField[] {
  return [...piece.matchAll(FIELD)].map(
    ([, name = '', value = '', isBlock, type = '', storageClass = '']) => ({
      ...{ name, value, type, storageClass },
      isBlock: isBlock === 'true',
    }),
  )
}

/** From `from` to `to` after it, or `''` where there is none. */
export function between(text: string, from: string, to: string): string {
  const begin = text.indexOf(from)
  if (begin === -1) return ''
  const end = text.indexOf(to, begin + from.length)
  return text.slice(begin, end === -1 ? undefined : end)
}

/** Which fields must be given: those that the interface of the configuration does not mark with `?`. */
export function requiredFields(types: string, name: string): ReadonlySet<string> {
  const body = new RegExp(`export interface ${name} (?:extends [\\w.]+ )?\\{([\\s\\S]*?)\\n\\}`).exec(
    types,
  )?.[1]
  const required = [...(body ?? '').matchAll(/readonly (\w+)(\??):/g)].filter(([, , may]) => may === '')
  return new Set(required.map(([, field = '']) => plain(field)))
}

/** `clientId` in TypeScript is `client_id` in Terraform; digits make the way from one to the other uncertain. */
export const plain = (field: string): string => field.replaceAll('_', '').toLowerCase()

const COMPUTED = /\/\/ (\w+) - computed: true, optional: false, required: false\s*(.*)\n?\s*(.*)/g

/** What is only read, with the code that reads it: `this.getStringAttribute('arn')`. */
export function computedFields(piece: string): readonly { readonly name: string; readonly read: string }[] {
  return [...piece.matchAll(COMPUTED)].map(([, name = '', first = '', second = '']) => ({
    name,
    read: `${first} ${second}`,
  }))
}
