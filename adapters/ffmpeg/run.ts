import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { MediaFailed } from '../../core/ports/media.ts'
import { openPatience } from './patience.ts'

/** A program with the arguments that come before all others. */
export interface Tool {
  readonly command: string
  readonly args: readonly string[]
  /** Runs it in another way than as a process, with the same promises. */
  readonly run?: (args: readonly string[], options: RunOptions) => Promise<RunResult>
}

export interface RunOptions {
  readonly signal: AbortSignal
  readonly cwd?: string
  /** Added to our own environment: arguments can be read by every user of the machine, these by ours alone. */
  readonly env?: Readonly<Record<string, string>>
  /** Each line of standard output as it comes, such as `frame=12` of `-progress pipe:1`. */
  readonly onLine?: (line: string) => void
  /**
   * How long the tool may bring nothing forth: with `onLine` no line that tells of progress (600 by default), without
   * it no end (1800).
   */
  readonly patienceSeconds?: number
}

export interface RunResult {
  readonly stdout: string
  readonly stderr: string
}

/** A tool that ran and ended badly. */
export class ToolFailed extends MediaFailed {
  /** Its exit status, or the signal that ended it. */
  readonly status: number | string
  constructor(tool: string, status: number | string, tail: string) {
    super(`${tool} ended with ${status}`, tail)
    this.status = status
  }
}

const TAIL_BYTES = 64 * 1024
const KILL_AFTER_MS = 2000

/**
 * Runs a tool to its end. A status other than 0 throws `ToolFailed` (a `MediaFailed`) with the tail of its standard error; an aborted
 * signal ends the process (SIGTERM, then SIGKILL) and throws the signal's reason; so does lost patience, as `MediaFailed`.
 */
export async function runTool(tool: Tool, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal.throwIfAborted()
  if (tool.run) return tool.run(args, options)
  const [command, ...before] = tied([tool.command, ...tool.args])
  const child = spawn(command as string, [...before, ...args], {
    cwd: options.cwd,
    ...(options.env && { env: { ...process.env, ...options.env } }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stop = () => terminate(child)
  options.signal.addEventListener('abort', stop, { once: true })
  const patience = openPatience(options, stop)
  try {
    const ended = Promise.withResolvers<number | string>()
    child.once('error', (cause) =>
      ended.reject(new MediaFailed(`${nameOf(tool)} cannot be started`, String(cause), { cause })),
    )
    child.once('close', (code, signal) => ended.resolve(code ?? signal ?? 'unknown'))
    const [stdout, stderr, status] = await Promise.all([
      collect(child.stdout, patience.onLine),
      collect(child.stderr),
      ended.promise,
    ])
    options.signal.throwIfAborted()
    if (patience.lost())
      throw new MediaFailed(
        `${nameOf(tool)} made no progress for ${patience.seconds} seconds`,
        stderr.slice(-4000),
      )
    if (status === 0) return { stdout, stderr }
    throw new ToolFailed(nameOf(tool), status, stderr.slice(-4000))
  } finally {
    options.signal.removeEventListener('abort', stop)
    patience.end()
  }
}

/**
 * On Linux the tool dies with us, also after `kill -9`: an orphaned encode would eat the machine for minutes.
 * setpriv is part of util-linux; without it (other systems) orphans end when their pipe breaks.
 */
function tied(command: readonly string[]): readonly string[] {
  return existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...command] : command
}
const SETPRIV = '/usr/bin/setpriv'

function terminate(child: ReturnType<typeof spawn>): void {
  child.kill('SIGTERM')
  setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
}

async function collect(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): Promise<string> {
  let kept = ''
  let rest = ''
  stream.setEncoding('utf8')
  for await (const chunk of stream) {
    if (onLine) {
      const lines = (rest + chunk).split(/\r?\n/)
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
    } else kept = keep(kept + chunk)
  }
  return kept
}

// Probe answers are read whole; a log is only wanted for its end.
const keep = (text: string) => (text.length > 64 * TAIL_BYTES ? text.slice(-TAIL_BYTES) : text)

function nameOf(tool: Tool): string {
  return (tool.args.at(-1) ?? tool.command).split('/').at(-1) ?? tool.command
}
