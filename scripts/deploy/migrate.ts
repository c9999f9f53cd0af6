import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { grantRoles } from './database-roles.ts'
import { direct, verified } from './database-url.ts'
import { MIGRATIONS_FOLDER, readMigrations } from './migrate-files.ts'
import { type Pending, pendingIn } from './migrate-pending.ts'

/** The number under which adapters/local/database.ts locks as well: a platform that starts and a deployment exclude each other. */
export const MIGRATION_LOCK = 7_359_733
/**
 * A migration that waits for a table makes every query behind it wait too. So it gives up soon and changes nothing; run again,
 * it finds a quieter moment.
 */
const TABLE_LOCK_SECONDS = 10

export interface MigrateOptions {
  /** Lines for people. */
  readonly log: (line: string) => void
  readonly folder?: string
  readonly tableLockSeconds?: number
}

export interface Migrated {
  /** Names of the migrations that this run applied. */
  readonly applied: readonly string[]
}

/**
 * Brings a database to the newest migration, all of them in one transaction, then grants the roles of functions what they may do
 * (those that are there: a database without them is left as it is). Of several at once one works and the others wait.
 */
export async function migrateDatabase(given: string, options: MigrateOptions): Promise<Migrated> {
  const { log, folder = MIGRATIONS_FOLDER } = options
  return withSession(given, log, async (client) => {
    await takeLock(client, log)
    const { migrations } = tell(await pendingIn(client, await readMigrations(folder)), log)
    await client.query(`set lock_timeout = '${options.tableLockSeconds ?? TABLE_LOCK_SECONDS}s'`)
    if (migrations.length > 0) await runMigrations(drizzle({ client }), { migrationsFolder: folder })
    await grantRoles(client)
    return { applied: migrations.map(({ name }) => name) }
  })
}

/** What `migrateDatabase` would apply. Changes nothing and waits for nobody. */
export async function pendingMigrations(given: string, options: MigrateOptions): Promise<Pending> {
  const { log, folder = MIGRATIONS_FOLDER } = options
  return withSession(given, log, async (client) => pendingIn(client, await readMigrations(folder)))
}

async function withSession<T>(
  given: string,
  log: (line: string) => void,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { url, pooled } = direct(given)
  if (pooled) log('the host of the pooler cannot hold a lock: the database is asked without it')
  const client = new pg.Client({
    connectionString: verified(url),
    connectionTimeoutMillis: 30_000,
    application_name: 'skyreel-migrate',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Held until the session ends, however it ends. */
async function takeLock(client: pg.Client, log: (line: string) => void): Promise<void> {
  const { rows } = await client.query('select pg_try_advisory_lock($1) as taken', [MIGRATION_LOCK])
  if (rows[0]?.taken === true) return
  log('another migration is at work on this database: waiting for it')
  await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
}

function tell(pending: Pending, log: (line: string) => void): Pending {
  if (pending.unknown > 0)
    log(
      `the database has ${pending.unknown} newer migrations than this release: they stay, since old code runs on them too`,
    )
  for (const { name, statements } of pending.migrations)
    log(`applying ${name}, ${statements.length} statements`)
  return pending
}
