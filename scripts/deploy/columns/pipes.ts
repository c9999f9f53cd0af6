import type { Command } from '../column.ts'

export type Argv = readonly [string, ...string[]]

// What must not be seen goes through a pipe of the system's own shell: a POSIX sh, on Windows that of WSL.

/**
 * The command reads `input` from /dev/stdin. Node gives a child a socket there, which cannot be opened by its path (ENXIO);
 * `cat` makes a pipe of it.
 */
export const readingStdin = (argv: Argv, input: string): Pick<Command, 'argv' | 'input'> => ({
  argv: ['sh', '-c', 'cat | "$@"', 'sh', ...argv],
  input,
})

/**
 * What `from` prints is the standard input of `to`, and is shown nowhere. Where `from` fails or prints nothing, `to` is not
 * started: a plain pipe would store an empty key. `printf` is built into every sh, so that no process has it as an argument.
 */
export const piped = (from: Argv, to: Argv): Argv => [
  'sh',
  '-c',
  `said=$(${quoted(from)}) && test -n "$said" && printf %s "$said" | "$@"`,
  'sh',
  ...to,
]

/** A line of sh that answers with one JSON object of several lines' JSON answers. The first that fails ends it. */
export function together(questions: Readonly<Record<string, string>>): string {
  const parts = Object.entries(questions).map(
    ([name, line], at) =>
      `printf %s ${quotedWord(`${at === 0 ? '{' : ','}${JSON.stringify(name)}:`)} && ${line}`,
  )
  return `${parts.join(' && ')} && printf %s '}'`
}

/** A line of sh as a command. */
export const sh = (line: string): Argv => ['sh', '-c', line]

/** The words as a line of sh. */
export const quoted = (argv: readonly string[]): string => argv.map(quotedWord).join(' ')

const quotedWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`

/**
 * Runs `then` where what `question` prints fits a pattern of sh. A guard (`unless`) that fails for another reason, such as a
 * network that is gone for a second, would let its command run; here the whole fails, and nothing is done.
 */
export const whereSays = (question: Argv, pattern: string, then: string): Argv =>
  sh(`is=$(${quoted(question)}) && case $is in ${pattern}) ${then} ;; *) echo "nothing to do: $is" ;; esac`)

/** Runs it where the answer does not fit. */
export const unlessSays = (question: Argv, pattern: string, then: Argv): Argv =>
  sh(
    `is=$(${quoted(question)}) && case $is in ${pattern}) echo "nothing to do: $is" ;; *) ${quoted(then)} ;; esac`,
  )
