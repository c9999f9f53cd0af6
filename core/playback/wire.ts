import * as z from 'zod/mini'
import { isCountry } from '../catalog/countries.ts'
import { pageQuery } from '../http/page.ts'
import { line, text } from '../http/text.ts'

const Time = z.iso.datetime()
/** PostgreSQL has no year 0000, and JavaScript writes years behind 9999 with a sign: an offset leads to both. */
const Instant = z.iso.datetime({ offset: true }).check(
  z.refine((time) => {
    const ms = Date.parse(time)
    return !(ms < Date.UTC(1900) || ms >= Date.UTC(10_000))
  }, 'must be between the years 1900 and 9999'),
)
const name = z
  .string()
  .check(z.regex(/^[A-Za-z0-9_-]{8,64}$/, 'must be 8 to 64 letters, digits, dashes and underscores'))

/** Who plays. `device`: kept by the client; `player`: one of several on it. Without them the device is where one signed in. */
export const PlaybackQuery = z.strictObject({
  device: z.optional(name),
  player: z.optional(name),
  deviceName: z.optional(line(1, 60)),
})
export type PlaybackQuery = z.infer<typeof PlaybackQuery>

/** A session that is being watched. */
export const WatchingSession = z.object({
  id: z.string(),
  videoId: z.string(),
  title: z.string(),
  deviceId: z.string(),
  deviceName: z.optional(z.string()),
  /** ISO 3166-1 alpha-2, as its address told. */
  country: z.optional(z.string()),
  /** Whether it takes one of the plan's places. */
  counts: z.boolean(),
  startedAt: Time,
  heartbeatAt: Time,
})
export type WatchingSession = z.infer<typeof WatchingSession>
export const WatchingSessions = z.object({
  items: z.array(WatchingSession),
  nextCursor: z.optional(z.string()),
})
export type WatchingSessions = z.infer<typeof WatchingSessions>
export const SessionListQuery = z.strictObject({ ...pageQuery })

/** Of a film's owner: without names and addresses of who watches. */
export const AudienceSession = z.object({
  id: z.string(),
  deviceName: z.optional(z.string()),
  country: z.optional(z.string()),
  signedIn: z.boolean(),
  startedAt: Time,
  heartbeatAt: Time,
})
export type AudienceSession = z.infer<typeof AudienceSession>
export const Audience = z.object({
  items: z.array(AudienceSession),
  nextCursor: z.optional(z.string()),
})
export type Audience = z.infer<typeof Audience>
export const Ended = z.object({ ended: z.int() })
export type Ended = z.infer<typeof Ended>

export const PlaybackDevice = z.object({
  id: z.string(),
  name: z.optional(z.string()),
  firstAt: Time,
  lastAt: Time,
})
export type PlaybackDevice = z.infer<typeof PlaybackDevice>
export const PlaybackDevices = z.object({
  items: z.array(PlaybackDevice),
  /** So many may be used within 30 days. */
  most: z.int(),
})
export type PlaybackDevices = z.infer<typeof PlaybackDevices>

const Countries = z
  .array(
    z
      .string()
      .check(
        z.refine(
          (code: string) => isCountry(code),
          'must be an assigned country code of two capital letters (ISO 3166-1)',
        ),
      ),
  )
  .check(z.minLength(1), z.maxLength(249))

/** Replaces all rules of a film. What is left out is no rule. */
export const PlaybackRulesChange = z.strictObject({
  startsAt: z.optional(Instant),
  /** The first moment after it. */
  endsAt: z.optional(Instant),
  /** Nowhere else. */
  countries: z.optional(Countries),
  notCountries: z.optional(Countries),
  refuseAnonymous: z.optional(z.boolean()),
  minAge: z.optional(z.int().check(z.gte(1), z.lte(21))),
  allowOffline: z.optional(z.boolean()),
  hardwareForHd: z.optional(z.boolean()),
  /** Blocked for everybody, also the owner. */
  takenDown: z.optional(z.boolean()),
  takenDownFor: z.optional(text(0, 500)),
})
export type PlaybackRulesChange = z.infer<typeof PlaybackRulesChange>
export const PlaybackRules = z.object({
  startsAt: z.optional(Time),
  endsAt: z.optional(Time),
  countries: z.optional(z.array(z.string())),
  notCountries: z.optional(z.array(z.string())),
  refuseAnonymous: z.boolean(),
  minAge: z.optional(z.int()),
  allowOffline: z.boolean(),
  hardwareForHd: z.boolean(),
  takenDown: z.boolean(),
  takenDownAt: z.optional(Time),
  takenDownFor: z.optional(z.string()),
})
export type PlaybackRules = z.infer<typeof PlaybackRules>

/** What a viewer's account may be shown. `age` left out: not known, and films with an age are refused. */
export const ViewingLimits = z.strictObject({
  age: z.optional(z.int().check(z.gte(0), z.lte(120))),
})
export type ViewingLimits = z.infer<typeof ViewingLimits>
