import * as z from 'zod/mini'
import { FLAG_NAMES } from './flags.ts'

/** What may differ between deployments, read once at start by the entry and checked here. Durations carry their unit. */
export const Config = z.object({
  /** Origin under which clients reach the API: `http://localhost:8080`. */
  publicOrigin: z.string().check(z.regex(/^https?:\/\/[^/]+$/)),
  accessTokenSeconds: z.int().check(z.gte(60), z.lte(900)),
  refreshTokenDays: z.int().check(z.gte(1), z.lte(90)),
  playbackUrlSeconds: z.int().check(z.gte(1), z.lte(86_400)),
  uploadUrlSeconds: z.int().check(z.gte(1), z.lte(86_400)),
  /** An upload that is not complete by then is aborted by the sweep. */
  uploadDays: z.int().check(z.gte(1), z.lte(30)),
  uploadMaxBytes: z.int().check(z.gte(1)),
  /** Units of one film that one worker runs side by side. */
  unitsAtOnce: z.int().check(z.gte(1), z.lte(64)),
  unitLeaseSeconds: z.int().check(z.gte(2), z.lte(600)),
  unitAttempts: z.int().check(z.gte(1), z.lte(10)),
  /** Flags that this deployment decides, whatever the table says. */
  flags: z.partialRecord(z.enum(FLAG_NAMES), z.boolean()),
})
export type Config = z.infer<typeof Config>

/** The defaults of every deployment; an environment overrides single values. */
export const CONFIG_DEFAULTS = {
  accessTokenSeconds: 600,
  refreshTokenDays: 30,
  playbackUrlSeconds: 6 * 3600,
  uploadUrlSeconds: 3600,
  uploadDays: 7,
  uploadMaxBytes: 100 * 1024 ** 3,
  unitsAtOnce: 1,
  unitLeaseSeconds: 20,
  unitAttempts: 3,
  flags: {},
} as const satisfies Partial<Config>
