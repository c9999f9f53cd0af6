import { CONFIG_DEFAULTS, Config } from '../../core/run/config.ts'

/** The configuration of this machine: defaults, then what is given. Throws where a value is out of its bounds. */
export function localConfig(origin: string, given: Partial<Config> = {}): Config {
  const result = Config.safeParse({ ...CONFIG_DEFAULTS, publicOrigin: origin, ...given })
  if (result.success) return result.data
  const wrong = result.error.issues.map((issue) => issue.path.join('.')).join(', ')
  throw new Error(`the configuration is out of bounds: ${wrong}`, { cause: result.error })
}
