import type { Command, Guarded, Query } from './column.ts'
import { CommandFailed, type Ended, Interrupted, Refused, type Shell } from './shell.ts'

export interface RunOptions {
  /** Statuses that are answers; 0 without it. */
  readonly accepts?: readonly number[]
  /** Its lines are shown as they come, not only in the log. */
  readonly aloud?: boolean
}

/** Everything that a step does goes through these. So `--dry-run` shows what a deployment does: it has other hands. */
export interface Hands {
  readonly dry: boolean
  /** Throws `CommandFailed`. */
  run(command: Command, options?: RunOptions): Promise<Ended>
  /** Runs those whose `unless` says that they are not done yet. */
  runAll(commands: readonly Guarded[]): Promise<void>
  /** `assumed` is the answer of a dry run. */
  ask<T>(query: Query<T>, assumed: T): Promise<T>
  /** What is no command: a request, a file. `assumed` is the answer of a dry run. */
  act<T>(says: string, body: () => Promise<T>, assumed: T): Promise<T>
  /** A line for people. */
  tell(line: string): void
}

export interface WorkingHandsOptions {
  readonly shell: Shell
  /** Once aborted nothing new is begun. */
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
  /** The newest line of what runs, for the progress view. */
  readonly murmur: (line: string) => void
  /** The group of processes that runs now; `undefined` when it has ended. */
  readonly running?: (group: number | undefined) => Promise<void>
}

/** Hands that do it. */
export function workingHands(options: WorkingHandsOptions): Hands {
  const { tell, murmur, signal } = options
  const run: Hands['run'] = async (command, { accepts = [0], aloud = false } = {}) => {
    const ended = await begin(command, { ...options, line: aloud ? tell : murmur })
    if (signal.aborted && !accepts.includes(ended.status)) throw new Interrupted()
    if (!accepts.includes(ended.status)) throw new CommandFailed(command, ended)
    return ended
  }
  return {
    ...{ dry: false, run, tell },
    async runAll(commands) {
      for (const command of commands) if (!(await isDone(command, options))) await run(command)
    },
    ask: async (query) => answer(query, await run(query.command)),
    async act(says, body) {
      if (signal.aborted) throw new Interrupted()
      murmur(says)
      return body()
    },
  }
}

async function begin(
  command: Command,
  { shell, signal, line, running }: WorkingHandsOptions & { line: (line: string) => void },
): Promise<Ended> {
  if (signal.aborted) throw new Interrupted()
  line(command.says)
  let told: Promise<void> | undefined
  const started = (group: number) => {
    told = running?.(group)
  }
  const ended = await shell.run(command, { line, started })
  await told
  await running?.(undefined)
  return ended
}

async function isDone({ unless }: Guarded, options: WorkingHandsOptions): Promise<boolean> {
  if (unless === undefined) return false
  return (await begin(unless, { ...options, line: options.murmur })).status === 0
}

function answer<T>({ command, read }: Query<T>, { stdout }: Ended): T {
  try {
    return read(stdout)
  } catch (cause) {
    throw new Refused(`the answer to "${command.says}" is none that we know`, undefined, { cause })
  }
}
