import { randomUUID } from 'node:crypto'
import * as z from 'zod/mini'
import { type AwsJson, openAwsJson, operation, Refused } from './aws-json.ts'

/** Events that match go to the target, wrapped as EventBridge wraps them. All lists of a pattern must have a match. */
export interface Rule {
  readonly pattern: {
    readonly source?: readonly string[]
    readonly 'detail-type'?: readonly string[]
  }
  target(envelope: string): unknown
}

export interface EventBridge extends AwsJson {
  readonly rules: Rule[]
  /** How many entries each call had. */
  readonly calls: number[]
}

interface Options {
  readonly bus: string
  readonly rules?: readonly Rule[]
  /** Code with which one entry is refused; `undefined` lets it pass. */
  readonly refuse?: (entry: Entry) => string | undefined
}

const Entry = z.strictObject({
  EventBusName: z.optional(z.string()),
  Source: z.string().check(z.minLength(1), z.maxLength(256), z.regex(/^(?!aws\.)/)),
  DetailType: z.string().check(z.minLength(1), z.maxLength(128)),
  Detail: z.string(),
  Time: z.optional(z.number()),
  Resources: z.optional(z.array(z.string())),
})
type Entry = z.infer<typeof Entry>
const PutEvents = z.strictObject({ Entries: z.array(Entry).check(z.minLength(1), z.maxLength(10)) })

const MAX_BYTES = 256 * 1024

/**
 * EventBridge's PutEvents, with rules.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function openEventBridge({ bus, rules = [], refuse }: Options): Promise<EventBridge> {
  const known = [...rules]
  const calls: number[] = []
  const put = async (entry: Entry) => {
    const code = refuse?.(entry) ?? faultOf(entry, bus)
    if (code) return { ErrorCode: code, ErrorMessage: `${entry.DetailType} is refused` }
    const envelope = wrap(entry)
    for (const rule of known) if (matches(rule.pattern, envelope)) await rule.target(JSON.stringify(envelope))
    return { EventId: envelope.id }
  }
  const putEvents = async ({ Entries }: z.infer<typeof PutEvents>) => {
    calls.push(Entries.length)
    if (Entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MAX_BYTES)
      throw new Refused('ValidationException', 'Total size of the entries in the request is over the limit.')
    const answers = await Promise.all(Entries.map(put))
    return { FailedEntryCount: answers.filter((one) => 'ErrorCode' in one).length, Entries: answers }
  }
  const server = await openAwsJson({
    ...{ service: 'events', target: 'AWSEvents', malformed: 'ValidationException' },
    operations: { PutEvents: operation(PutEvents, putEvents) },
  })
  return Object.assign(server, { rules: known, calls })
}

function faultOf({ Detail, EventBusName = 'default' }: Entry, bus: string): string | undefined {
  if (EventBusName !== bus) return 'ResourceNotFoundException'
  try {
    const detail: unknown = JSON.parse(Detail)
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail)
      ? undefined
      : 'MalformedDetail'
  } catch {
    return 'MalformedDetail'
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/calculate-event-size.html */
const sizeOf = ({ Time, Source, DetailType, Detail, Resources = [] }: Entry): number =>
  (Time === undefined ? 0 : 14) +
  [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html */
const wrap = (entry: Entry) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': entry.DetailType,
  source: entry.Source,
  account: '000000000000',
  // To the second, as EventBridge does.
  time: new Date((entry.Time ?? Date.now() / 1000) * 1000).toISOString().replace(/\.\d{3}/, ''),
  region: 'us-east-1',
  resources: entry.Resources ?? [],
  detail: JSON.parse(entry.Detail) as unknown,
})

const matches = (pattern: Rule['pattern'], envelope: ReturnType<typeof wrap>): boolean =>
  (pattern.source?.includes(envelope.source) ?? true) &&
  (pattern['detail-type']?.includes(envelope['detail-type']) ?? true)
