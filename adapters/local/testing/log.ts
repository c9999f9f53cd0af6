import type { Log, LogFields } from '../../../core/run/log.ts'

export interface MemoryLog extends Log {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: LogFields }[]
}

/** Prints nothing and keeps every line. */
export function memoryLog(lines: MemoryLog['lines'] = [], own: LogFields = {}): MemoryLog {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}) => {
      lines.push({ level, message, fields: { ...own, ...fields } })
    }
  const more = (fields: LogFields) => memoryLog(lines, { ...own, ...fields })
  return {
    lines,
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: more,
  }
}
