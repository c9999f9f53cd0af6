import { sql } from 'drizzle-orm'
import type { Database } from '../../core/ports/database.ts'
import type { Alone } from './jobs.ts'

/** By an advisory lock of the database: it ends with its transaction, whatever becomes of the process. */
export const aloneByDatabase =
  (db: Database): Alone =>
  (id, body) =>
    db.transaction(async (tx) => {
      await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`job ${id}`}, 0))`)
      return body()
    })
