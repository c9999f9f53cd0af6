import type { Command } from './column.ts'
import { ensureDatabase } from './database.ts'
import { databaseCommands, grantCommands } from './database-commands.ts'
import type { DeployedDatabase } from './deployed-database.ts'
import { migrateDatabase } from './migrate.ts'
import type { NeonOptions } from './neon-client.ts'
import { removeDatabase } from './neon-remove.ts'
import { newSecretValue } from './secret-values.ts'

interface Outside {
  readonly env: NodeJS.ProcessEnv
  readonly sleep: (ms: number) => Promise<unknown>
}

const MIGRATE: Command = {
  argv: ['sql', 'core/database/migrations, all that are new in one transaction'],
  says: 'under an advisory lock: of several deployments one migrates, and the others wait',
}

/** The database on Neon. What it tells in secret stays in memory, and goes to the secret store of the cloud. */
export function neonDatabase({ env, sleep }: Outside): DeployedDatabase {
  const neon: NeonOptions = { apiKey: env.NEON_API_KEY ?? '', organisation: env.NEON_ORG_ID, sleep }
  return {
    needs: {
      NEON_API_KEY: 'Neon console, organisation settings, API keys (NEON_ORG_ID beside a personal key)',
    },
    commands: databaseCommands,
    ensure: (options) => ensureDatabase({ ...options, neon }),
    migrateCommands: () => [MIGRATE, ...grantCommands()],
    migrate: async (url, say) => (await migrateDatabase(url, { log: say })).applied,
    remove: (place) => removeDatabase({ place, neon }),
    newSecret: (name, { cloud }) => newSecretValue(name, cloud),
  }
}
