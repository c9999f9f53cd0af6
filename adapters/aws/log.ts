import { Logger } from '@aws-lambda-powertools/logger'
import type { Log, LogFields } from '../../core/run/log.ts'
import type { LogLevel } from '../node/log.ts'
import { redact } from '../node/redact.ts'

export interface AwsLogOptions {
  /** The name of the function, as `service` on each line. */
  readonly service: string
  /** Lines below it are left out; `info` by default. Lambda's own setting (AWS_LAMBDA_LOG_LEVEL) comes before it. */
  readonly level?: LogLevel
}

/** Structured lines by powertools on standard output and error, with X-Ray's trace id where Lambda has one. */
export function openAwsLog({ service, level = 'info' }: AwsLogOptions): Log {
  // Made for the first line: most invocations write none, and making it is 2 ms of each cold start.
  let made: Logger | undefined
  const logger = () => {
    made ??= new Logger({ serviceName: service, logLevel: LEVELS[level] })
    return made
  }
  return logOver(logger, {})
}

const LEVELS = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const

/** Fields are merged as `with` is called and read when a line is written: most requests write none. */
function logOver(logger: () => Logger, fields: LogFields): Log {
  const line = (level: LogLevel) => (message: string, more?: LogFields) => {
    try {
      logger()[level](String(redact(message)), lineFields({ ...fields, ...more }))
    } catch {
      // Standard output is gone; there is no other place to tell it, and a log never throws.
    }
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (more) => logOver(logger, { ...fields, ...more }),
  }
}

/** Powertools drops fields of these names, with a warning of its own on each line. */
const RESERVED = ['level', 'message', 'sampling_rate', 'service', 'timestamp'] as const

function lineFields(fields: LogFields): Record<string, unknown> {
  const shown = hidden(fields)
  for (const name of RESERVED) {
    if (!(name in shown)) continue
    shown[`${name}_`] = shown[name]
    delete shown[name]
  }
  return shown
}

/** Whatever is in the fields (a getter that throws, a strange proxy), the line is written. */
function hidden(fields: LogFields): Record<string, unknown> {
  try {
    return redact(fields) as Record<string, unknown>
  } catch (error) {
    return { unprintable: String(error) }
  }
}
