import type { ExtractTablesWithRelations } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT, PgTransaction } from 'drizzle-orm/pg-core'
import type * as schema from '../database/schema.ts'

/**
 * Postgres 15 or later through drizzle. Inside `transaction` use its `tx` alone: the outer `db` is another connection.
 * Without `query`, whose relations of all tables each cold start would have to make.
 */
export type Database = Omit<PgDatabase<PgQueryResultHKT, typeof schema>, 'query'>
export type Transaction = PgTransaction<
  PgQueryResultHKT,
  typeof schema,
  ExtractTablesWithRelations<typeof schema>
>
/** Where a query takes both. */
export type Db = Database | Transaction
