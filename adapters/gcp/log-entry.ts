import type { LogFields } from '../../core/run/log.ts'
import { readTraceparent } from '../../core/run/trace.ts'
import type { LogLevel } from '../node/log.ts'
import { redact } from '../node/redact.ts'

interface Head {
  readonly level: LogLevel
  readonly time: string
  readonly message: string
}

const SEVERITY: Readonly<Record<LogLevel, string>> = {
  debug: 'DEBUG',
  info: 'INFO',
  warn: 'WARNING',
  error: 'ERROR',
}

/**
 * One line of https://cloud.google.com/logging/docs/structured-logging. An error's stack stands under `stack_trace`,
 * where https://cloud.google.com/error-reporting/docs/formatting-error-messages looks for it.
 */
export function formatEntry(
  head: Head,
  fields: LogFields,
  at: { readonly projectId?: string; readonly service?: string },
): string {
  const { traceparent, ...rest } = fields
  const hidden = hide(rest)
  const reported = head.level === 'error' ? { stack_trace: stackOf(hidden.error), ...serviceOf(at) } : {}
  const { level, time } = head
  const known = { severity: SEVERITY[level], time, message: redact(head.message) }
  return `${JSON.stringify({ ...hidden, ...reported, ...known, ...traceOf(traceparent, at.projectId) })}\n`
}

/** Whatever is in the fields (a getter that throws, a strange proxy), the line is written. */
function hide(fields: LogFields): Record<string, unknown> {
  try {
    return redact(fields) as Record<string, unknown>
  } catch (error) {
    return { unprintable: String(error) }
  }
}

const serviceOf = ({ service }: { readonly service?: string }) =>
  service === undefined ? {} : { serviceContext: { service } }

/** The stack of an error that `redact` has made plain, with those of its causes; undefined for none. */
function stackOf(error: unknown, depth = 0): string | undefined {
  const { stack, cause } = (typeof error === 'object' && error !== null ? error : {}) as LogFields
  if (typeof stack !== 'string' || depth > 5) return undefined
  const below = stackOf(cause, depth + 1)
  return below === undefined ? stack : `${stack}\nCaused by: ${below}`
}

function traceOf(traceparent: unknown, projectId: string | undefined): Record<string, unknown> {
  const [, trace, span, flags] = readTraceparent(traceparent)?.split('-') ?? []
  if (trace === undefined) return {}
  return {
    'logging.googleapis.com/trace': projectId === undefined ? trace : `projects/${projectId}/traces/${trace}`,
    'logging.googleapis.com/spanId': span,
    'logging.googleapis.com/trace_sampled': (Number.parseInt(flags ?? '0', 16) & 1) === 1,
  }
}
