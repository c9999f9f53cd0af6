import type { Config } from '../../core/run/config.ts'
import { FLAG_NAMES, isFlag } from '../../core/run/flags.ts'

const NUMBERS = {
  SKYREEL_ACCESS_TOKEN_SECONDS: 'accessTokenSeconds',
  SKYREEL_REFRESH_TOKEN_DAYS: 'refreshTokenDays',
  SKYREEL_PLAYBACK_URL_SECONDS: 'playbackUrlSeconds',
  SKYREEL_UPLOAD_URL_SECONDS: 'uploadUrlSeconds',
  SKYREEL_UPLOAD_DAYS: 'uploadDays',
  SKYREEL_UPLOAD_MAX_BYTES: 'uploadMaxBytes',
  SKYREEL_UNITS_AT_ONCE: 'unitsAtOnce',
  SKYREEL_UNIT_LEASE_SECONDS: 'unitLeaseSeconds',
  SKYREEL_UNIT_ATTEMPTS: 'unitAttempts',
  SKYREEL_PLAYBACK_TOKEN_SECONDS: 'playbackTokenSeconds',
  SKYREEL_PLAYBACK_HEARTBEAT_SECONDS: 'playbackHeartbeatSeconds',
  SKYREEL_PLAYBACK_DEVICES: 'playbackDevices',
  SKYREEL_LICENSE_SECONDS: 'licenseSeconds',
} as const satisfies Record<string, keyof Config>

/** Settings that are words. */
const WORDS = {
  SKYREEL_BILLING_ACCOUNT: 'billingAccount',
  SKYREEL_TAX_BY: 'taxBy',
  SKYREEL_SELLER_COUNTRY: 'sellerCountry',
  SKYREEL_DRM_BY: 'drmBy',
  SKYREEL_COUNTRY_HEADER: 'countryHeader',
} as const satisfies Record<string, keyof Config>

/** Variables that a deployment may set beside those that say where it is. */
export const SETTINGS: readonly string[] = [
  ...Object.keys(NUMBERS),
  ...Object.keys(WORDS),
  'SKYREEL_BILLING_MODE',
  'SKYREEL_BILLING_STAFF',
  'SKYREEL_FLAGS',
  'SKYREEL_PLAYBACK_BINDS_ADDRESS',
  'SKYREEL_LOG_LEVEL',
]

type Env = Readonly<Record<string, string | undefined>>

/** What the environment overrides of the configuration. Throws naming the variable that is not well formed, and why. */
export function readConfig(env: Env, cores: number): Partial<Config> {
  const given = Object.entries(NUMBERS).flatMap(([name, key]) =>
    env[name] ? [[key, whole(name, env[name])]] : [],
  )
  const words = Object.entries(WORDS).flatMap(([name, key]) => (env[name] ? [[key, env[name]]] : []))
  const flags = readFlags(env.SKYREEL_FLAGS ?? '')
  return {
    unitsAtOnce: unitsFor(cores),
    flags,
    ...readBilling(env),
    ...readBinding(env.SKYREEL_PLAYBACK_BINDS_ADDRESS),
    ...Object.fromEntries([...given, ...words]),
  }
}

/** SKYREEL_BILLING_MODE is `live` or `test`, SKYREEL_BILLING_STAFF a list of user ids. */
function readBilling({ SKYREEL_BILLING_MODE: mode, SKYREEL_BILLING_STAFF: staff }: Env): Partial<Config> {
  if (mode && mode !== 'live' && mode !== 'test')
    throw new Error(`SKYREEL_BILLING_MODE is live or test, not ${JSON.stringify(mode)}`)
  const ids = staff?.split(',').map((id) => id.trim())
  return {
    ...(mode ? { billingLivemode: mode === 'live' } : {}),
    ...(ids ? { billingStaff: ids.filter((id) => id !== '') } : {}),
  }
}

function readBinding(given: string | undefined): Partial<Config> {
  if (!given) return {}
  if (given !== 'on' && given !== 'off')
    throw new Error(`SKYREEL_PLAYBACK_BINDS_ADDRESS is on or off, not ${JSON.stringify(given)}`)
  return { playbackBindsAddress: given === 'on' }
}

/** x264 keeps about four cores busy by itself; more units side by side only pay beyond that. */
export const unitsFor = (cores: number): number => Math.max(1, Math.floor(cores / 4))

function whole(name: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new Error(`${name} must be a whole number, not ${JSON.stringify(text)}`)
}

/** `open-signup=off,top-rungs=on`: the flags named there, and no other. */
export function readFlags(text: string): Config['flags'] {
  const words = text.split(',').map((word) => word.trim())
  return Object.fromEntries(words.filter((word) => word !== '').map(readFlag))
}

function readFlag(word: string): [string, boolean] {
  const [name = '', state, ...more] = word.split('=').map((part) => part.trim())
  if (!isFlag(name))
    throw new Error(`SKYREEL_FLAGS: there is no flag ${name}; known: ${FLAG_NAMES.join(', ')}`)
  if (more.length > 0 || (state !== 'on' && state !== 'off'))
    throw new Error(`SKYREEL_FLAGS: write ${name}=on or ${name}=off, not ${JSON.stringify(word)}`)
  return [name, state === 'on']
}
