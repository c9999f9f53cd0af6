import { existsSync } from 'node:fs'
import { explain } from '../terminal.ts'
import type { Deployment } from './deployment.ts'
import { logPath } from './journal-paths.ts'
import { CommandFailed, Interrupted, lastLines, Refused, shown } from './shell.ts'
import { heldState, stateLockIn } from './state-lock.ts'

/** A failure in words: what happened, what the program said at its end, and what to do next. */
export interface Told {
  readonly message: string
  readonly lines: readonly string[]
  readonly next: string
}

/** The same as text for a terminal. */
export function failureText(error: unknown, deployment: Deployment): string {
  const { message, lines, next } = told(error, deployment)
  const log = logPath(deployment.ground, deployment.place)
  const quoted = lines.map((line) => `  | ${line}`)
  const where = existsSync(log) ? [`All that was said: ${log}`] : []
  return [`skyreel: ${message}`, ...quoted, '', next, ...where, ''].join('\n')
}

const GO_ON = 'Start the same command again: it goes on here.'

/** What a person is told of an error of a step. */
export function told(error: unknown, { place, terraform, binary }: Deployment): Told {
  const failed = commandIn(error)
  const output = failed === undefined ? '' : failed.ended.stdout + failed.ended.stderr
  const lock = stateLockIn(output)
  if (lock !== undefined)
    return said(heldState(lock, { id: place.stackId, folder: terraform.folder, binary }))
  if (failed !== undefined && /cannot be destroyed|prevent_destroy/.test(output))
    return kept(failed, place.stackId)
  if (error instanceof Refused)
    return { ...said(error), lines: failed === undefined ? [] : lastLines(failed.ended) }
  if (error instanceof Interrupted) return { message: error.message, lines: [], next: GO_ON }
  if (failed !== undefined) return ofCommand(failed)
  return { message: explain(error), lines: [], next: GO_ON }
}

// The cause of a refusal stands in its message where it is one of ours; of other errors the message is worth a line.
const said = ({ message, next, cause }: Refused): Told => ({
  message: cause instanceof Error && !isOurs(cause) ? `${message}\n  because: ${explain(cause)}` : message,
  lines: [],
  next: next ?? GO_ON,
})

const isOurs = (error: Error) =>
  error instanceof CommandFailed || error instanceof Refused || error instanceof AggregateError

function kept(failed: CommandFailed, stackId: string): Told {
  return {
    message: `this would destroy protected data of ${stackId}: Terraform refuses it`,
    lines: lastLines(failed.ended),
    next: 'Find what has changed its name or place, and take that back. If the data shall really go: protectData in the config.',
  }
}

function ofCommand(failed: CommandFailed): Told {
  const { command, ended } = failed
  const missing = ended.status === 127 ? ` (is ${command.argv[0]} installed?)` : ''
  return {
    message: `${failed.message}${missing}\n  ${shown(command)}`,
    lines: lastLines(ended),
    next: `Mend what it says. ${GO_ON}`,
  }
}

/** The command at the root of an error, however it was wrapped. */
function commandIn(error: unknown): CommandFailed | undefined {
  if (error instanceof CommandFailed) return error
  if (error instanceof AggregateError) return error.errors.map(commandIn).find((one) => one !== undefined)
  return error instanceof Error && error.cause !== undefined ? commandIn(error.cause) : undefined
}
