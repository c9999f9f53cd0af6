import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as runMigrations } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import * as schema from '../../core/database/schema.ts'
import type { Database } from '../../core/ports/database.ts'
import type { Log } from '../../core/run/log.ts'

export interface OpenDatabase {
  readonly db: Database
  /** Waits for the queries at work, then closes every connection. */
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** Connections at most; each costs the server about 5 MB. */
  readonly connections?: number
  /** A statement that runs longer is ended with an error. */
  readonly statementSeconds?: number
  readonly log?: Log
}

/** Opens a pool over Postgres 15 or later by URL. Connects on first use: a wrong URL shows at the first query. */
export function openDatabase(url: string, options: DatabaseOptions = {}): OpenDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 16,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    statement_timeout: (options.statementSeconds ?? 30) * 1000,
    application_name: 'skyreel',
  })
  // Without a listener a server that restarts ends the process; the pool opens a new connection by itself.
  let closing = false
  pool.on('error', (error) => {
    // The pool does not wait for the goodbyes of its connections, and the server may be stopped before them.
    if (!closing) options.log?.warn('an idle database connection was lost', { error })
  })
  // Nor must one that is lost within a transaction: its query has the error already.
  pool.on('connect', (client) => client.on('error', () => undefined))
  const close = () => {
    closing = true
    return pool.end()
  }
  return { db: drizzle({ client: pool, schema }), close }
}

const MIGRATIONS = fileURLToPath(new URL('../../core/database/migrations', import.meta.url))
/** Any number, the same for all platforms on one database. */
const LOCK = 7_359_733

/** Brings the database to the newest migration; one query where nothing is to do. Several at once wait for each other. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'skyreel',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    if (await upToDate(client)) return
    await client.query('select pg_advisory_lock($1)', [LOCK])
    await runMigrations(drizzle({ client }), { migrationsFolder: MIGRATIONS })
  } finally {
    await client.end()
  }
}

async function upToDate(client: pg.Client): Promise<boolean> {
  const wanted = readMigrationFiles({ migrationsFolder: MIGRATIONS }).map((m) => m.hash)
  const made = await client.query("select to_regclass('drizzle.__drizzle_migrations') as made")
  if (made.rows[0]?.made === null) return false
  const { rows } = await client.query<{ hash: string }>(
    'select hash from drizzle.__drizzle_migrations order by id',
  )
  return rows.length === wanted.length && rows.every((row, i) => row.hash === wanted[i])
}
