import type { SQL } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'

/** Rows of a statement that drizzle's builder cannot write, or not fast enough. Times come as text, numerics too. */
export async function rowsOf<T>(db: Db, statement: SQL): Promise<readonly T[]> {
  // Every driver of ours answers with `rows`; drizzle's common type leaves it open.
  return ((await db.execute(statement)) as unknown as { readonly rows: readonly T[] }).rows
}
