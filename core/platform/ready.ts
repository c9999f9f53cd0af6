import { sql } from 'drizzle-orm'
import journal from '../database/migrations/meta/_journal.json' with { type: 'json' }
import { Problem } from '../http/problem.ts'
import type { Uses } from '../ports/ports.ts'

/** The database must answer within this time, in milliseconds. */
const DATABASE_MS = 2000

/** Resolves when requests can be served. Throws 503 `not-ready` that says what is missing. */
export async function checkReady(ports: Uses<'db' | 'clock'>): Promise<void> {
  const newest = await newestMigration(ports)
  const wanted = Math.max(...journal.entries.map((entry) => entry.when))
  if (newest === undefined || newest < wanted) throw notReady('The database misses migrations.')
}

async function newestMigration({ db, clock }: Uses<'db' | 'clock'>): Promise<number | undefined> {
  const late = new AbortController()
  const tooLate = clock.sleep(DATABASE_MS, late.signal).then(() => {
    throw notReady(`The database does not answer within ${DATABASE_MS} ms.`)
  })
  try {
    return await Promise.race([readNewest(db), tooLate])
  } finally {
    late.abort()
    // The race is decided: the sleep ends now and its sentence is nobody's concern any more.
    tooLate.catch(() => undefined)
  }
}

async function readNewest(db: Uses<'db'>['db']): Promise<number | undefined> {
  try {
    const rows = await db.execute<{ newest: string | null }>(
      sql`select max(created_at) as newest from drizzle.__drizzle_migrations`,
    )
    return Number((rows as { rows: { newest: string | null }[] }).rows[0]?.newest ?? 0)
  } catch (cause) {
    if (isMissingTable(cause)) return undefined
    throw notReady('The database cannot be reached.', cause)
  }
}

/** SQLSTATE 42P01: undefined table, 3F000: its schema is not there either. */
function isMissingTable(error: unknown): boolean {
  const cause = error instanceof Error && error.cause ? error.cause : error
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    ['42P01', '3F000'].includes(String(cause.code))
  )
}

const notReady = (detail: string, cause?: unknown) =>
  new Problem(
    { status: 503, code: 'not-ready', title: 'Not ready', detail, headers: { 'retry-after': '2' } },
    { cause },
  )
