import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'

/** One migration, as drizzle-kit wrote it down. */
export interface Migration {
  readonly at: number
  /** `0004_delivery` */
  readonly name: string
  readonly hash: string
  /** Milliseconds; what drizzle orders by. */
  readonly madeAt: number
  readonly statements: readonly string[]
}

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../core/database/migrations', import.meta.url))

interface Journal {
  readonly entries: readonly { readonly idx: number; readonly tag: string }[]
}

/** The migrations of a folder, oldest first. */
export async function readMigrations(folder = MIGRATIONS_FOLDER): Promise<readonly Migration[]> {
  const { entries } = JSON.parse(await readFile(`${folder}/meta/_journal.json`, 'utf8')) as Journal
  return readMigrationFiles({ migrationsFolder: folder }).map(({ hash, folderMillis, sql }, at) => ({
    ...{ at, hash, name: entries[at]?.tag ?? `number ${at}`, madeAt: folderMillis },
    statements: sql.map((statement) => statement.trim()).filter((statement) => statement !== ''),
  }))
}
