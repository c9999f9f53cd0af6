import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { migrate, openDatabase } from '../adapters/local/database.ts'
import { startPostgres } from '../adapters/local/postgres-server.ts'
import type { Database } from '../core/ports/database.ts'
import type { Log } from '../core/run/log.ts'
import { type Settings, WrongSetting } from './settings.ts'

export interface PlatformDatabase extends AsyncDisposable {
  readonly db: Database
  /** False where we had to start the database: then no platform runs on it. */
  readonly inUse: boolean
}

/** The database of these settings, migrated, whether the platform runs or not. Throws `WrongSetting` where there is none. */
export async function openPlatformDatabase(settings: Settings, log: Log): Promise<PlatformDatabase> {
  const stack = new AsyncDisposableStack()
  try {
    const { url, inUse } = await locate(settings, log, stack)
    await migrate(url)
    const database = openDatabase(url, { connections: 2, log })
    stack.defer(() => database.close())
    return { db: database.db, inUse, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

async function locate({ home, databaseUrl }: Settings, log: Log, stack: AsyncDisposableStack) {
  if (databaseUrl !== undefined) return { url: databaseUrl, inUse: true }
  const folder = join(home, 'postgres')
  // Starting one would leave a new, empty database where only the path was mistyped.
  if (!existsSync(folder))
    throw new WrongSetting(
      `There is no database under ${home} yet: start the platform once (npm start), or set SKYREEL_HOME.`,
    )
  const server = await startPostgres({ folder, log })
  stack.defer(() => server.stop())
  return { url: server.url, inUse: server.adopted }
}
