import { join } from 'node:path'
import { openLocalKeyVault } from '../adapters/local/key-vault.ts'
import { openLocalSecrets } from '../adapters/local/secrets.ts'
import { addWrappingKey } from '../adapters/local/wrapping-key-file.ts'
import { systemClock } from '../adapters/node/clock.ts'
import type { Uses } from '../core/ports/ports.ts'
import type { Log } from '../core/run/log.ts'
import { openDeploymentPorts } from './deployment-ports.ts'
import { openPlatformDatabase } from './platform-database.ts'
import { readSettings, WrongSetting } from './settings.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Where the wrapped keys of films lie, and what wraps them. */
export interface KeyDesk extends AsyncDisposable {
  readonly uses: Uses<'db' | 'keyVault' | 'clock'>
  /** Puts a new wrapping key in front of the others; answers its id. Throws `WrongSetting` where a key service holds it. */
  addKey(): Promise<string>
}

/** The desk of this machine's platform, or of the deployment whose variables stand beside SKYREEL_CLOUD. */
export async function openKeyDesk(env: Env, log: Log): Promise<KeyDesk> {
  const deployment = await openDeploymentPorts(env, log)
  if (!deployment) return openLocalDesk(env, log)
  const addKey = async () => {
    throw new WrongSetting('A key service holds the key of this deployment: make the new version there.')
  }
  return { uses: deployment.ports, addKey, [Symbol.asyncDispose]: deployment.close }
}

async function openLocalDesk(env: Env, log: Log): Promise<KeyDesk> {
  const settings = readSettings(env)
  const folder = join(settings.home, 'secrets')
  const database = await openPlatformDatabase(settings, log)
  const keyVault = openLocalKeyVault({ secrets: openLocalSecrets(folder) })
  return {
    uses: { db: database.db, keyVault, clock: systemClock },
    addKey: () => addWrappingKey(folder),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
