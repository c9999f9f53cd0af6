import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
import type * as schema from '../database/schema.ts'

/** Postgres 15 or later through drizzle. Inside `transaction` use its `tx` alone: the outer `db` is another connection. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>
export type Transaction = PgTransaction<
  PgQueryResultHKT,
  typeof schema,
  ExtractTablesWithRelations<typeof schema>
>
/** Where a query takes both. */
export type Db = Database | Transaction
