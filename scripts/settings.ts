import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Built pages; made from the sources at any time. */
export const PAGES = resolve(ROOT, 'dist/web')

export interface Settings {
  readonly port: number
  readonly home: string
  readonly databaseUrl?: string
}

/** A wrong setting, with words for the person who made it. */
export class WrongSetting extends Error {
  override readonly name = 'WrongSetting'
}

/** PORT, SKYREEL_HOME (relative to the checkout) and DATABASE_URL. Throws `WrongSetting`. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const home = resolve(ROOT, env.SKYREEL_HOME || '.skyreel')
  const url = env.DATABASE_URL
  return { port: readPort(env.PORT), home, ...(url ? { databaseUrl: checkDatabaseUrl(url) } : {}) }
}

const DEFAULT_PORT = 8080

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new WrongSetting(`PORT=${text} is not a port: give a number from 0 to 65535, such as PORT=8081.`)
}

// The URL may hold a password, so it is never repeated in the message.
function checkDatabaseUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : ''
  if (/^postgres(?:ql)?:$/.test(protocol)) return text
  throw new WrongSetting('DATABASE_URL is not of the form postgres://user:password@host:5432/database.')
}
