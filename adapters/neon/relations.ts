import { createTableRelationsHelpers, extractTablesRelationalConfig } from 'drizzle-orm'
import * as schema from '../../core/database/schema.ts'

const tables = extractTablesRelationalConfig(schema, createTableRelationsHelpers)
/** What drizzle makes of our schema; its own constructor would load Neon's driver (150 KB) before the first query. */
export const RELATIONS = {
  fullSchema: schema,
  schema: tables.tables,
  tableNamesMap: tables.tableNamesMap,
}
