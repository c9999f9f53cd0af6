/** What a tool takes, as its reference has it: `!` marks a flag that must be there. */
export type Flags = Readonly<Record<string, string>>

export interface Given {
  /** `lambda update-alias`. */
  readonly command: string
  /** Words that belong to no flag. */
  readonly words: readonly string[]
  flag(name: string): string
  has(name: string): boolean
}

/** Reads a command line as the tool would, and throws on what its reference does not have. */
export function readLine(argv: readonly string[], reference: Flags, common: string): Given {
  const plain = argv.findIndex((word) => word.startsWith('-'))
  const head = plain === -1 ? argv : argv.slice(0, plain)
  const command = longestFirst(reference).find((name) => `${head.join(' ')} `.startsWith(`${name} `))
  if (command === undefined) throw new Error(`unknown command: ${head.join(' ')}`)
  const values = valuesOf(argv.slice(head.length))
  hold(command, values, `${reference[command]} ${common}`.split(' ').filter(Boolean))
  return {
    command,
    words: head.slice(command.split(' ').length),
    flag: (name) => (values.get(name) ?? []).join(' '),
    has: (name) => values.has(name),
  }
}

const longestFirst = (reference: Flags) => Object.keys(reference).sort((a, b) => b.length - a.length)

function valuesOf(words: readonly string[]): Map<string, string[]> {
  const values = new Map<string, string[]>()
  let last: string[] = []
  for (const word of words) {
    if (!word.startsWith('--')) {
      last.push(word)
      continue
    }
    const [name = '', ...inline] = word.split('=')
    last = inline.length === 0 ? [] : [inline.join('=')]
    values.set(name, [...(values.get(name) ?? []), ...last])
    last = values.get(name) ?? []
  }
  return values
}

function hold(command: string, values: ReadonlyMap<string, unknown>, allowed: readonly string[]): void {
  const names = allowed.map((name) => name.replace('!', ''))
  const unknown = [...values.keys()].filter((name) => !names.includes(name))
  if (unknown.length > 0) throw new Error(`${command} takes no ${unknown.join(', ')}`)
  const missing = allowed.filter((name) => name.endsWith('!') && !values.has(name.slice(0, -1)))
  if (missing.length > 0) throw new Error(`${command} needs ${missing.join(', ')}`)
}
