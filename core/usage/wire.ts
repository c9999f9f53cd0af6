import * as z from 'zod/mini'
import { METER_NAMES } from './model.ts'

const Time = z.iso.datetime({ offset: true })
const Meter = z.enum(METER_NAMES as [string, ...string[]])
/** Up to 12 digits before the point and 9 after it: money is made of it, so it is never a float on the way. */
const DECIMAL = /^\d{1,12}(\.\d{1,9})?$/
const word = (max: number) =>
  z
    .string()
    .check(z.minLength(1), z.maxLength(max), z.regex(/^[\x21-\x7e]+$/, 'may hold visible ASCII alone'))

/** What PostgreSQL takes: no NUL and no half of a surrogate pair, or one event would fail its whole batch. */
const storable = (max: number) =>
  z.string().check(
    z.maxLength(max),
    z.refine((s) => !s.includes('\0') && s.isWellFormed(), 'may not hold NUL or broken surrogates'),
  )

/** One thing that was used. `source` and `id` name it for ever: sending it again changes nothing. */
export const UsageEvent = z.strictObject({
  source: word(100),
  id: word(200),
  meter: Meter,
  quantity: z.union([
    z.string().check(z.regex(DECIMAL, 'must be a decimal of at most 12 digits before and 9 after the point')),
    z.number().check(z.gte(0), z.lte(999_999_999_999)),
  ]),
  at: Time,
  subject: z.optional(storable(200)),
  dimensions: z.optional(
    z
      .record(storable(60), storable(200))
      .check(z.refine((all) => Object.keys(all).length <= 20, 'may have 20 entries at most')),
  ),
})
export type UsageEvent = z.infer<typeof UsageEvent>

export const MOST_EVENTS = 500
/** The envelope alone is checked as a whole; each event is answered by itself. */
export const UsageBatch = z.strictObject({
  events: z.array(z.record(z.string(), z.unknown())).check(z.minLength(1), z.maxLength(MOST_EVENTS)),
})
export type UsageBatch = z.infer<typeof UsageBatch>

/** `duplicate`: it was there already, just so. `conflict`: another event has this source and id. */
export const UsageResult = z.object({
  source: z.optional(z.string()),
  id: z.optional(z.string()),
  status: z.enum(['accepted', 'duplicate', 'conflict', 'refused']),
  /** Of a refused one: the field, its rule in one word, and a sentence. */
  field: z.optional(z.string()),
  rule: z.optional(z.string()),
  message: z.optional(z.string()),
})
export type UsageResult = z.infer<typeof UsageResult>
/** In the order in which the events came. */
export const UsageResults = z.object({ items: z.array(UsageResult) })
export type UsageResults = z.infer<typeof UsageResults>

const organisationId = z.optional(z.string().check(z.maxLength(64)))
export const UsageSendQuery = z.strictObject({ organisationId })
export const UsageQuery = z.strictObject({
  /** Left out: all meters. */
  meter: z.optional(Meter),
  /** Left out: the start of the billing period. */
  from: z.optional(Time),
  /** The first moment after it. Left out: now. */
  to: z.optional(Time),
  step: z.optional(z.enum(['hour', 'day'])),
  organisationId,
})
export type UsageQuery = z.infer<typeof UsageQuery>

export const UsagePoint = z.object({
  /** Start of the hour or the day, UTC. */
  at: Time,
  /** Decimal text. */
  quantity: z.string(),
})
export type UsagePoint = z.infer<typeof UsagePoint>
export const MeterUsage = z.object({
  meter: Meter,
  /** For people: `Streaming`. */
  name: z.string(),
  /** `minutes streamed`. */
  unit: z.string(),
  /** Of the billing period so far, decimal text. */
  total: z.string(),
  /** Per unit, in minor units as decimal text, where a plan has a price for it. */
  unitAmountDecimal: z.optional(z.string()),
  currency: z.optional(z.string()),
  /** Hours or days with usage, oldest first; the others had none. */
  points: z.array(UsagePoint),
})
export type MeterUsage = z.infer<typeof MeterUsage>
export const Usage = z.object({
  /** Of the subscription; without one the calendar month, UTC. */
  period: z.object({ start: Time, end: Time }),
  from: Time,
  to: Time,
  step: z.enum(['hour', 'day']),
  meters: z.array(MeterUsage),
})
export type Usage = z.infer<typeof Usage>

/** Sent by a player every half minute. `seconds`: of playing since the beacon before. */
export const PlaybackBeacon = z.strictObject({
  videoId: z.string().check(z.maxLength(64)),
  /** Made by the page for each time that a player is opened: 16 to 64 letters, digits and dashes. */
  sessionId: z.string().check(z.regex(/^[\w-]{16,64}$/, 'must be 16 to 64 letters, digits and dashes')),
  /** 1, 2, 3 ...: the same number counts once. */
  sequence: z.int().check(z.gte(1), z.lte(1_000_000)),
  seconds: z.number().check(z.gte(0), z.lte(3600)),
})
export type PlaybackBeacon = z.infer<typeof PlaybackBeacon>
