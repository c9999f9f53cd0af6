/** A month, as vendors count it. */
export const HOURS = 730
export const DAYS = 365 / 12

/**
 * What the estimate cannot know of a deployment. Printed with every estimate; round figures on the dear side, but those that are
 * marked as measured.
 */
export const ASSUMED = {
  /** Of a call of the API, the database included. */
  apiMs: 60,
  /** Of a sweep that finds nothing to do. */
  sweepMs: 200,
  /** Azure bills a call at least so long. */
  azureLeastMs: 1000,
  /** Google rounds up to this. */
  googleStepMs: 100,
  /** The smallest instance of a Flex Consumption plan. */
  azureLeastMb: 512,
  logBytesPerCall: 1000,
  filmMinutes: 10,
  /** Published, queued, received and deleted, for each film. */
  messagesPerFilm: 40,
  /** Reactions and sweeps of one film, each of some seconds; early pictures are the longest. */
  functionSecondsPerFilm: 30,
  /** An upload, and the ladder up to 1080p that is made of it. */
  uploadMegabits: 8,
  ladderMegabits: 12,
  /** Segments and playlists written for a minute of film, in all qualities. */
  objectsPerMinute: 80,
  /** Requests to the edge for a minute of watching: video and sound in segments of six seconds, pictures, playlists. */
  requestsPerWatchedMinute: 22,
  /** Of what the edge delivers, the part that it must fetch from the bucket. */
  edgeMisses: 0.05,
  /** Of an answer of the API. */
  answerKilobytes: 4,
  imageGb: 0.4,
  imagesKept: 5,
  /** Empty long polls of one queue, by Lambda's five pollers, each twenty seconds. */
  pollsPerQueue: (5 * 3600 * HOURS) / 20,
  /** Google looks at each series of an alarm twice a minute. */
  seriesPerCondition: 6,
  looksPerMonth: 120 * HOURS,
  databaseGb: 0.5,
  /** Smallest size of Neon's compute: what it has while sweeps alone use it. */
  databaseUnits: 0.25,
  /** Minutes without a query after which Neon sleeps. */
  databaseSleepsAfterMinutes: 5,
} as const
