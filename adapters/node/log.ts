import type { Log, LogFields } from '../../core/run/log.ts'
import { redact } from './redact.ts'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LEVELS)[number]

export interface LogOptions {
  /** Lines below it are left out; `info` by default. */
  readonly level?: LogLevel
  /** For people at a terminal instead of JSON lines. */
  readonly pretty?: boolean
  /** Takes one line with its line break. Standard output by default. */
  readonly write?: (line: string) => void
  readonly now?: () => Date
}

/** A log of JSON lines `{time, level, message, ...fields}`, or of readable ones. */
export function openLog(options: LogOptions = {}, fields: LogFields = {}): Log {
  const least = LEVELS.indexOf(options.level ?? 'info')
  const write = options.write ?? ((line) => void process.stdout.write(line))
  const format = options.pretty ? formatPretty : formatJson
  const line = (level: LogLevel) => (message: string, more?: LogFields) => {
    if (LEVELS.indexOf(level) < least) return
    write(
      format({ time: (options.now?.() ?? new Date()).toISOString(), level, message }, { ...fields, ...more }),
    )
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => openLog(options, { ...fields, ...more }),
  }
}

interface Head {
  readonly time: string
  readonly level: LogLevel
  readonly message: string
}

/** Whatever is in the fields (a getter that throws, a strange proxy), the line is written. */
function hidden(fields: LogFields): Record<string, unknown> {
  try {
    return redact(fields) as Record<string, unknown>
  } catch (error) {
    return { unprintable: String(error) }
  }
}

function formatJson(head: Head, fields: LogFields): string {
  return `${JSON.stringify({ ...hidden(fields), ...head, message: redact(head.message) })}\n`
}

const MARK: Readonly<Record<LogLevel, string>> = { debug: '·', info: ' ', warn: '!', error: '✗' }

function formatPretty(head: Head, fields: LogFields): string {
  const { error, ...rest } = hidden(fields)
  const tail = Object.entries(rest)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const line = [head.time.slice(11, 19), MARK[head.level], String(redact(head.message)), ...tail].join(' ')
  return `${line}\n${error === undefined ? '' : describeError(error)}`
}

function describeError(error: unknown): string {
  if (typeof error !== 'object' || error === null) return `    ${String(error)}\n`
  const { stack, message, cause } = error as { stack?: string; message?: string; cause?: unknown }
  const text = (stack || message || JSON.stringify(error)).replaceAll('\n', '\n    ')
  return `    ${text}\n${cause === undefined ? '' : `    caused by:\n${describeError(cause)}`}`
}
