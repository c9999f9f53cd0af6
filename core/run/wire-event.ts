import { type AnyEvent, CATALOG } from '../../events/catalog.ts'

/**
 * An event as it travels through a cloud's queue or bus. The event itself is a string inside of an object: Azure's
 * library puts every queue message through JSON.parse, which makes a number of a message `89e7073266` and rounds ids of
 * 19 digits (azure-functions-nodejs-library#90). A string within an object arrives as it was sent.
 */
export interface WireEvent {
  readonly skyreel: 1
  readonly event: string
}

export const toWire = (event: AnyEvent): WireEvent => ({ skyreel: 1, event: JSON.stringify(event) })

/** A message that is no event of ours. Delivering it again cannot help: it belongs to the dead letters. */
export class EventUnreadable extends Error {
  override readonly name = 'EventUnreadable'
}

/** The event of a message's JSON, parsed or as text. Throws `EventUnreadable`. */
export function fromWire(message: unknown): AnyEvent {
  const wire = typeof message === 'string' ? parse(message) : message
  if (!isRecord(wire) || wire.skyreel !== 1 || typeof wire.event !== 'string')
    throw new EventUnreadable('the message is not in the form {"skyreel": 1, "event": "..."}')
  return readEvent(parse(wire.event))
}

const TEXTS = ['id', 'source', 'type', 'time'] as const
const MAYBE_TEXTS = ['subject', 'traceparent'] as const
/** `id` and `source` are the inbox's key: PostgreSQL takes 2704 bytes of one, and a character is up to three of them. */
const NAME_MAX = 256

/**
 * An event with the fields that every event has, of a type of the catalogue. Throws `EventUnreadable`, also for what the
 * database could not look up: such an event would come again for ever.
 */
export function readEvent(value: unknown): AnyEvent {
  if (!isRecord(value)) throw new EventUnreadable('the event is not an object')
  const missing = TEXTS.find((name) => typeof value[name] !== 'string' || value[name] === '')
  if (missing) throw new EventUnreadable(`the event has no ${missing}`)
  const odd =
    NAMES.find((name) => !isName(String(value[name]))) ??
    MAYBE_TEXTS.find((name) => value[name] !== undefined && typeof value[name] !== 'string')
  if (odd) throw new EventUnreadable(`the ${odd} of the event is no text that can be kept`)
  if (!Object.hasOwn(CATALOG, String(value.type)))
    throw new EventUnreadable(`the catalogue has no event ${String(value.type).slice(0, 80)}`)
  if (!isRecord(value.data)) throw new EventUnreadable('the data of the event is not an object')
  // Type and data were a pair when the event was emitted; consumers check what they rely on.
  return value as unknown as AnyEvent
}

const NAMES = ['id', 'source'] as const
const isName = (text: string): boolean =>
  text.length <= NAME_MAX && text.isWellFormed() && !text.includes('\u0000')

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new EventUnreadable('the message is not JSON', { cause })
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
