/** What the platform counts by itself, and in what unit. */
export const METERS = {
  /** Each hour the length of all films that can be played: a film of 60 minutes kept for a day is 1440. */
  minutes_stored: { unit: 'minutes of film stored, each hour', says: 'Storage' },
  /** Time that players told of, bounded by the clock on the wall. */
  minutes_streamed: { unit: 'minutes streamed', says: 'Streaming' },
  /** Length of a film times the number of its qualities, once it is ready. */
  minutes_transcoded: { unit: 'minutes transcoded', says: 'Transcoding' },
  /** Calls of the API that were made with an access token. */
  api_requests: { unit: 'requests', says: 'API requests' },
} as const satisfies Record<string, { unit: string; says: string }>
export type MeterName = keyof typeof METERS
export const METER_NAMES = Object.keys(METERS) as readonly MeterName[]
export const isMeter = (name: string): name is MeterName => Object.hasOwn(METERS, name)

export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

/** Usage may be told so long after it was; what comes later is refused. */
export const OLDEST_USAGE_DAYS = 35
/** A sender's clock may be ahead by so much. */
export const FUTURE_USAGE_HOURS = 24

/** Start of the hour, UTC. */
export const hourOf = (at: Date): Date => new Date(Math.floor(at.getTime() / HOUR_MS) * HOUR_MS)
export const later = (a: Date, b: Date): Date => (a > b ? a : b)
