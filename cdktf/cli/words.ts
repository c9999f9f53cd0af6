/** What a person typed behind `cdktf`. */
export interface Words {
  /** By its first name: `plan` is `diff`. `undefined` where there is none that we look into. */
  readonly command: Command | undefined
  readonly stacks: readonly string[]
  /** All words, without the stacks where the program takes none (`synth`). */
  readonly passed: readonly string[]
  /** `--app`: another app has other stacks, and nothing here is known about them. */
  readonly ownApp: boolean
  readonly help: boolean
}

const NAMES = {
  list: ['list'],
  synth: ['synth', 'synthesize'],
  diff: ['diff', 'plan'],
  deploy: ['deploy', 'apply'],
  destroy: ['destroy'],
  output: ['output', 'outputs'],
  watch: ['watch'],
} as const
export type Command = keyof typeof NAMES

/** Options of the program that take the next word. */
const WITH_VALUE = new Set([
  ...['-a', '--app', '-o', '--output', '--var', '--var-file', '--outputs-file', '--parallelism'],
  ...['--terraform-parallelism', '--log-level', '--log-file-directory'],
  '--experimental-provider-schema-cache-path',
])

/** Reads the words as the program will, so that a value of an option is not taken for a stack. */
export function readWords(words: readonly string[]): Words {
  const plain: number[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (WITH_VALUE.has(word)) at++
    else if (!word.startsWith('-')) plain.push(at)
  }
  const [first, ...rest] = plain
  const command = commandOf(first === undefined ? undefined : words[first])
  const taken = new Set(command === 'synth' ? rest : [])
  return {
    command,
    stacks: rest.map((at) => words[at] ?? ''),
    passed: words.filter((_, at) => !taken.has(at)),
    ownApp: words.some((word) => /^(-a|--app)(=|$)/.test(word)),
    help: words.some((word) => word === '--help' || word === '-h' || word === '--version'),
  }
}

const commandOf = (word: string | undefined) =>
  (Object.keys(NAMES) as Command[]).find((name) => (NAMES[name] as readonly string[]).includes(word ?? ''))
