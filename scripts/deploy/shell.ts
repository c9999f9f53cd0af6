import type { Command } from './column.ts'

export interface Ended {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

export interface Hearing {
  /** Every line as it comes, of both streams. */
  readonly line?: (line: string) => void
  /** The process group that the command runs in. */
  readonly started?: (group: number) => void
}

/** The only way out of the deployment to the programs of this machine. Resolves also where the command fails. */
export interface Shell {
  run(command: Command, hearing?: Hearing): Promise<Ended>
}

/** A command ended with a status that it should not. The message names the command; `ended` has what it said. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly command: Command
  readonly ended: Ended

  constructor(command: Command, ended: Ended) {
    super(`could not ${command.says}: ${command.argv[0]} ended with status ${ended.status}`)
    this.command = command
    this.ended = ended
  }
}

/** The deployment was told to stop (Ctrl-C), and did. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  constructor() {
    super('it was interrupted')
  }
}

/** Something that the person who deploys can put right; `next` says how. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly next: string | undefined

  constructor(message: string, next?: string, options?: ErrorOptions) {
    super(message, options)
    this.next = next
  }
}

/** The last lines that say something, for the reader of a failure. */
export function lastLines({ stdout, stderr }: Ended, count = 15): readonly string[] {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trimEnd())
  return lines.filter((line) => line !== '').slice(-count)
}

/** As a person would type it. What goes to standard input is never shown. */
export function shown({ argv, env = {}, cwd, input }: Command): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`)
  const words = [...variables, ...argv.map(quoted)].join(' ')
  const line = cwd === undefined ? words : `(cd ${quoted(cwd)} && ${words})`
  return input === undefined ? line : `${line} < (not shown)`
}

const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
