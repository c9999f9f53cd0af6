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
} as const satisfies Record<string, keyof Config>

/** Variables that a deployment may set beside those that say where it is. */
export const SETTINGS: readonly string[] = [...Object.keys(NUMBERS), 'SKYREEL_FLAGS', 'SKYREEL_LOG_LEVEL']

/** What the environment overrides of the configuration. Throws naming the variable that is not well formed, and why. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  cores: number,
): Partial<Config> {
  const given = Object.entries(NUMBERS).flatMap(([name, key]) =>
    env[name] ? [[key, whole(name, env[name])]] : [],
  )
  const flags = readFlags(env.SKYREEL_FLAGS ?? '')
  return { unitsAtOnce: unitsFor(cores), flags, ...Object.fromEntries(given) }
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
