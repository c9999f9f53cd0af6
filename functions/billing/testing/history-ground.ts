import pg from 'pg'
import { openTestDatabase } from '../../../adapters/local/testing/database.ts'

/** A database that one history after the other is played on. */
export interface Ground extends AsyncDisposable {
  readonly pool: pg.Pool
  /** Leaves nothing of the history before. */
  clear(): Promise<void>
}

/** Rows that are gone are in every index until then. */
const VACUUM_EVERY = 5

/**
 * A new database for each history took a tenth of its time, and each of its connections had to learn all tables anew.
 * Statements are planned once for a connection: they are the same ones a thousand times.
 */
export async function openGround(): Promise<Ground> {
  const stack = new AsyncDisposableStack()
  const { url } = stack.use(await openTestDatabase())
  const options = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off'
  const pool = new pg.Pool({ connectionString: url, max: 6, options })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  stack.defer(() => pool.end())
  // The ledger refuses to be deleted from: this one connection is asked no triggers.
  const cleaner = new pg.Client({ connectionString: url, options: '-c session_replication_role=replica' })
  await cleaner.connect()
  stack.defer(() => cleaner.end())
  const { rows: tables } = await cleaner.query<{ name: string }>(
    `select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const emptyAll = tables.map(({ name }) => `delete from ${name}`).join(';')
  let cleared = 0
  const clear = async () => {
    await cleaner.query(emptyAll)
    if (++cleared % VACUUM_EVERY === 0) await cleaner.query('vacuum')
  }
  return { pool, clear, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}
