export type LogFields = Readonly<Record<string, unknown>>

/** Writes one structured line. Never throws; never prints what `redact` hides (tokens, passwords, signed queries). */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log that adds these fields to each line. */
  with(fields: LogFields): Log
}
