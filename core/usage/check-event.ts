import { createHash } from 'node:crypto'
import { Problem } from '../http/problem.ts'
import { read } from '../http/read.ts'
import { DAY_MS, FUTURE_USAGE_HOURS, HOUR_MS, isMeter, type MeterName, OLDEST_USAGE_DAYS } from './model.ts'
import { decimalOf, decimalOfNumber, type Nano, nanoOf } from './quantity.ts'
import { UsageEvent } from './wire.ts'

/** A usage event whose every part is what it must be. */
export interface CheckedEvent {
  readonly source: string
  readonly id: string
  readonly meter: MeterName
  readonly quantity: Nano
  readonly at: Date
  readonly subject: string | undefined
  readonly dimensions: Readonly<Record<string, string>> | undefined
}

export interface Refusal {
  readonly field: string
  readonly rule: string
  readonly message: string
}

/** Whoever could write under these names could take an identity before the platform does, and be billed nothing for it. */
const OWN_SOURCES: ReadonlySet<string> = new Set<OwnSource>(['platform', 'playback', 'requests'])
export type OwnSource = 'platform' | 'playback' | 'requests'

/** Checks one event of a batch. Never throws for what a sender wrote. */
export function checkEvent(sent: Readonly<Record<string, unknown>>, now: Date): CheckedEvent | Refusal {
  const event = readEvent(sent)
  if ('rule' in event) return event
  if (OWN_SOURCES.has(event.source))
    return refusal('source', 'reserved', 'is kept for what the platform meters')
  const quantity = typeof event.quantity === 'string' ? event.quantity : decimalOfNumber(event.quantity)
  if (quantity === undefined) return refusal('quantity', 'format', 'has more digits than a quantity may have')
  if (!isMeter(event.meter)) return refusal('meter', 'one_of', 'is no meter')
  const at = new Date(event.at)
  if (at.getTime() > now.getTime() + FUTURE_USAGE_HOURS * HOUR_MS)
    return refusal('at', 'too_new', `may be ${FUTURE_USAGE_HOURS} hours ahead at most`)
  if (at.getTime() < now.getTime() - OLDEST_USAGE_DAYS * DAY_MS)
    return refusal('at', 'too_old', `may be ${OLDEST_USAGE_DAYS} days ago at most`)
  const { source, id, meter, subject, dimensions } = event
  return { source, id, meter, quantity: nanoOf(quantity), at, subject, dimensions }
}

/** The same for the same content, however it was written: `1.50` and `1.5`, another order of dimensions. */
export function hashOf({ meter, quantity, at, subject, dimensions = {} }: CheckedEvent): string {
  const sorted = Object.keys(dimensions)
    .sort()
    .map((name) => [name, dimensions[name]])
  const content = [meter, decimalOf(quantity), at.getTime(), subject ?? null, sorted]
  return createHash('sha256').update(JSON.stringify(content)).digest('hex')
}

const refusal = (field: string, rule: string, message: string): Refusal => ({ field, rule, message })

const BAD_QUANTITY = refusal(
  'quantity',
  'format',
  'must be a decimal of at most 12 digits before and 9 after the point, and not negative',
)
const NO_QUANTITY = refusal('quantity', 'required', 'is required')

function readEvent(sent: Readonly<Record<string, unknown>>): UsageEvent | Refusal {
  try {
    return read(UsageEvent, sent, 'body')
  } catch (error) {
    const first = error instanceof Problem ? error.facts.errors?.[0] : undefined
    if (!first) throw error
    const field = first.field.replace(/^body\.?/, '')
    // Of a union the library tells no more than that nothing fits.
    if (field === 'quantity') return sent.quantity === undefined ? NO_QUANTITY : BAD_QUANTITY
    return { ...first, field }
  }
}
