import { CONFIG_DEFAULTS, Config } from '../../core/run/config.ts'
import { readConfig } from './config.ts'

/**
 * The configuration of a deployed function: the defaults, what the environment overrides of them, and the origin
 * under which clients reach the API (`SKYREEL_PUBLIC_ORIGIN`). Throws one message that names each variable that is
 * missing or out of its bounds.
 */
export function cloudConfig(env: Readonly<Record<string, string | undefined>>, cores = 1): Config {
  const publicOrigin = env.SKYREEL_PUBLIC_ORIGIN
  const given = { ...CONFIG_DEFAULTS, ...readConfig(env, cores), publicOrigin }
  const result = Config.safeParse(given)
  if (result.success) return result.data
  const wrong = result.error.issues.map(({ path: [key], message }) => sentence(String(key), given, message))
  throw new Error(`the configuration cannot be used: ${wrong.join('; ')}`, { cause: result.error })
}

function sentence(key: string, given: Readonly<Record<string, unknown>>, rule: string): string {
  const name = variableOf(key)
  if (given[key] === undefined) return `${name} is missing`
  if (key === 'publicOrigin') return `${name} must be an origin such as https://api.example.com`
  return `${name} is out of its bounds: ${rule}`
}

/** `uploadDays` is overridden by `SKYREEL_UPLOAD_DAYS`; see `readConfig`. */
const variableOf = (key: string) =>
  `SKYREEL_${key.replace(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()}`
