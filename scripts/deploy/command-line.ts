import { constants } from 'node:os'
import { explain } from '../terminal.ts'
import type { Ground } from './ground.ts'
import { Refused } from './shell.ts'

/** One of the commands of deployment; answers the status of the process. */
export type CommandLine = (words: readonly string[], ground: Ground, signal: AbortSignal) => Promise<number>

export interface Starting {
  readonly process: NodeJS.Process
  readonly open: (process: NodeJS.Process, out: NodeJS.WriteStream) => Ground | Promise<Ground>
}

/**
 * Runs a command for a person or for CI: status 0 or 1, and a message that says what to do. The first Ctrl-C asks it to
 * stop, and gives Terraform its time; the second ends it where it stands.
 */
export async function startCommand(run: CommandLine, { process, open }: Starting): Promise<void> {
  const words = process.argv.slice(2)
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(128 + constants.signals[signal])
      process.stderr.write('\nskyreel: stopping; what runs is let finish. Again to end at once.\n')
      stopping.abort()
    })
  try {
    const ground = await open(process, words.includes('--json') ? process.stderr : process.stdout)
    process.exitCode = await run(words, ground, stopping.signal)
  } catch (error) {
    process.stderr.write(`skyreel: ${explain(error)}\n${nextOf(error)}`)
    process.exitCode = 1
  }
}

const nextOf = (error: unknown) =>
  error instanceof Refused && error.next !== undefined ? `${error.next}\n` : ''
