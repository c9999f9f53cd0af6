import type { SecretName } from '../../cdktf/shared/needs.ts'
import type { Place } from '../../cdktf/shared/place.ts'
import type { Command } from './column.ts'

export interface EnsureOptions {
  readonly place: Place
  /** Secrets that have a value in the cloud's store. */
  readonly written: ReadonlySet<SecretName>
  readonly expiresAt?: Date
  readonly say: (line: string) => void
}

export interface Ensured {
  /** For the migration; in memory only. */
  readonly ownerUrl: string
  /** To be written to the secret store at once. */
  readonly urls: Readonly<Partial<Record<SecretName, string>>>
}

/** The database of a deployment, as its steps need it. Neon's is the one there is; a rehearsal has another. */
export interface DeployedDatabase {
  /** Variables that must be set, and where their values are had. */
  readonly needs: Readonly<Record<string, string>>
  /** What `ensure` does, for a dry run. */
  commands(place: Place): readonly Command[]
  ensure(options: EnsureOptions): Promise<Ensured>
  /** What `migrate` does, for a dry run. */
  migrateCommands(): readonly Command[]
  /** Names of the migrations that were applied. */
  migrate(ownerUrl: string, say: (line: string) => void): Promise<readonly string[]>
  remove(place: Place): Promise<void>
  /** A new value for a secret that is none of the database's; `undefined` where another step writes it. */
  newSecret(name: SecretName, place: Place): Promise<string | undefined>
}

export const DATABASE_SECRET_NAMES = [
  'database-url',
  'database-url-read',
] as const satisfies readonly SecretName[]
