import type { Log, LogFields } from '../../core/run/log.ts'
import type { LogLevel } from '../node/log.ts'
import { formatEntry } from './log-entry.ts'

export interface GcpLogOptions {
  /** The project whose traces the lines are joined to; without one they carry the bare ids. */
  readonly projectId?: string
  /** The deployed function, for Error Reporting. */
  readonly service?: string
  /** Lines below it are left out; `info` by default. */
  readonly level?: LogLevel
  /** Takes one line with its line break. Standard output by default, which Cloud Logging reads. */
  readonly write?: (line: string) => void
  readonly now?: () => Date
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error']

/** A log of Cloud Logging's structured JSON lines. `traceparent` among the fields becomes the entry's trace and span. */
export function openGcpLog(options: GcpLogOptions = {}, fields: LogFields = {}): Log {
  const least = LEVELS.indexOf(options.level ?? 'info')
  const write = options.write ?? ((text) => void process.stdout.write(text))
  const line = (level: LogLevel) => (message: string, more?: LogFields) => {
    if (LEVELS.indexOf(level) < least) return
    const time = (options.now?.() ?? new Date()).toISOString()
    write(formatEntry({ level, time, message }, merged(fields, more), options))
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => openGcpLog(options, merged(fields, more)),
  }
}

/** A getter that throws must not take the line with it. */
function merged(fields: LogFields, more: LogFields | undefined): LogFields {
  try {
    return { ...fields, ...more }
  } catch (error) {
    return { ...fields, unprintable: String(error) }
  }
}
