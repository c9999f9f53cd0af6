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
  /** Whether webhooks and objects of real money belong here; the others are quarantined. */
  billingLivemode: z.boolean(),
  /** Account at the payment provider that webhooks must be for; without it any that the secret vouches for. */
  billingAccount: z.optional(z.string().check(z.regex(/^acct_\w{4,40}$/))),
  /** Ids of the users who may refund and look at revenue. */
  billingStaff: z.array(z.string().check(z.regex(/^usr_[0-9a-f]{32}$/))),
  /** Who computes tax: our table of rates, or Stripe. */
  taxBy: z.enum(['table', 'stripe']),
  /** Where the seller is, ISO 3166-1 alpha-2: decides about reverse charge. */
  sellerCountry: z.string().check(z.regex(/^[A-Z]{2}$/)),
  /** Origin of another server with Stripe's API, such as the local one. */
  stripeApi: z.optional(z.string().check(z.regex(/^https?:\/\/[^/]+$/))),
  /** A playback token is good for so long; each heartbeat brings the next. */
  playbackTokenSeconds: z.int().check(z.gte(30), z.lte(3600)),
  /** A player tells that it is there this often; a session that misses three is over and frees its place. */
  playbackHeartbeatSeconds: z.int().check(z.gte(2), z.lte(300)),
  /** Devices that one viewer may use within 30 days. */
  playbackDevices: z.int().check(z.gte(1), z.lte(100)),
  /** Binds signed URLs and playback tokens to the client's address. Phones change theirs: off by default. */
  playbackBindsAddress: z.boolean(),
  /** A licence is good for so long before the player must renew it. */
  licenseSeconds: z.int().check(z.gte(30), z.lte(86_400)),
  /** Who answers Widevine, PlayReady and FairPlay: our own proxies, or a vendor that takes signed entitlements. */
  drmBy: z.enum(['own', 'axinom', 'doverunner', 'buydrm']),
  /** Request header in which our own edge says the client's country; without it the table of networks alone tells. */
  countryHeader: z.optional(z.string().check(z.regex(/^[a-z][a-z0-9-]{2,60}$/))),
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
  billingLivemode: false,
  billingStaff: [],
  taxBy: 'table',
  sellerCountry: 'DE',
  playbackTokenSeconds: 300,
  playbackHeartbeatSeconds: 20,
  playbackDevices: 10,
  playbackBindsAddress: false,
  licenseSeconds: 300,
  drmBy: 'own',
  flags: {},
} satisfies Partial<Config>
