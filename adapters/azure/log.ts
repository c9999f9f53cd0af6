import type { InvocationContext } from '@azure/functions'
import type { Log, LogFields } from '../../core/run/log.ts'
import { readTraceparent } from '../../core/run/trace.ts'
import { redact } from '../node/redact.ts'

/** Application Insights' own numbers (https://learn.microsoft.com/azure/azure-monitor/app/data-model-complete). */
const SEVERITY = { debug: 0, info: 1, warn: 2, error: 3 } as const
export type AzureLogLevel = keyof typeof SEVERITY

/** What an invocation's lines go through, so that the host adds its own operation to them. */
export type LogSink = Pick<InvocationContext, AzureLogLevel>

export interface AzureLogOptions {
  /** Lines below it are left out; `info` by default. */
  readonly level?: AzureLogLevel
  /** Takes one line with its line break where there is no invocation. Standard output by default. */
  readonly write?: (line: string) => void
  readonly now?: () => Date
}

export interface AzureLog extends Log {
  with(fields: LogFields): AzureLog
  /** The same log through an invocation, for as long as `sink` gives one. */
  through(sink: () => LogSink | undefined): AzureLog
}

/**
 * A log of JSON lines. A field `traceparent` becomes `operation_Id` and `operation_ParentId`, under which Application
 * Insights finds all that belongs to a trace.
 */
export function openAzureLog(options: AzureLogOptions = {}): AzureLog {
  return logWith(options, {}, () => undefined)
}

/** The log through an invocation where it is one of ours; any other as it is. */
export const logThrough = (log: Log, sink: () => LogSink | undefined): Log =>
  'through' in log ? (log as AzureLog).through(sink) : log

function logWith(options: AzureLogOptions, own: LogFields, sink: () => LogSink | undefined): AzureLog {
  const least = SEVERITY[options.level ?? 'info']
  const line = (level: AzureLogLevel) => (message: string, fields?: LogFields) => {
    if (SEVERITY[level] < least) return
    const time = (options.now?.() ?? new Date()).toISOString()
    put(format({ time, level, message }, { ...own, ...fields }), level, { options, sink })
  }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (fields) => logWith(options, { ...own, ...fields }, sink),
    through: (next) => logWith(options, own, next),
  }
}

interface Way {
  readonly options: AzureLogOptions
  readonly sink: () => LogSink | undefined
}

/** A host that does not take the line any more must not cost it. */
function put(text: string, level: AzureLogLevel, { options, sink }: Way): void {
  try {
    const invocation = sink()
    invocation?.[level](text)
    if (invocation) return
  } catch (error) {
    toOutput(options, format({ time: '', level: 'warn', message: 'the host took no line' }, { error }))
  }
  toOutput(options, text)
}

const toOutput = ({ write }: AzureLogOptions, text: string): void =>
  void (write ?? ((line) => process.stdout.write(line)))(`${text}\n`)

interface Head {
  readonly time: string
  readonly level: AzureLogLevel
  readonly message: string
}

function format(head: Head, fields: LogFields): string {
  const [, operation, parent] = readTraceparent(fields.traceparent)?.split('-') ?? []
  const trace = operation === undefined ? {} : { operation_Id: operation, operation_ParentId: parent }
  const { message, level } = head
  const line = { ...hidden(fields), ...trace, ...head, severityLevel: SEVERITY[level] }
  return JSON.stringify({ ...line, message: redact(message) })
}

/** Whatever is in the fields (a getter that throws, a strange proxy), the line is written. */
function hidden(fields: LogFields): Record<string, unknown> {
  try {
    return redact(fields) as Record<string, unknown>
  } catch (error) {
    return { unprintable: String(error) }
  }
}
