import { sql } from 'drizzle-orm'
import { rowsOf } from '../../database/rows.ts'
import type { Database } from '../../ports/database.ts'
import { nanoOf } from '../quantity.ts'
import type { MeterProvider } from './meter-provider.ts'

/** What each stage has, in billionths of all meters and tenants together. */
export interface Sums {
  readonly raw: bigint
  readonly rolledUp: bigint
  readonly reported: bigint
  readonly reports: bigint
  readonly provider: bigint
}

/** Lines of late usage count by the quantity of their report. */
export async function sumsOf(db: Database, provider: MeterProvider): Promise<Sums> {
  const lines = JSON.stringify([...provider.lines.keys()])
  const [row] = await rowsOf<Record<'raw' | 'rolled' | 'reported' | 'reports' | 'lines', string>>(
    db,
    sql`select (select coalesce(sum(quantity), 0) from usage_events)::text as raw,
      (select coalesce(sum(quantity), 0) from usage_rollups)::text as rolled,
      (select coalesce(sum(reported_quantity), 0) from usage_rollups)::text as reported,
      (select coalesce(sum(quantity), 0) from usage_reports where state = 'sent')::text as reports,
      (select coalesce(sum(quantity), 0) from usage_reports
        where identifier in (select jsonb_array_elements_text(${lines}::jsonb)))::text as lines`,
  )
  if (!row) throw new Error('no sums came')
  return {
    raw: nanoOf(row.raw),
    rolledUp: nanoOf(row.rolled),
    reported: nanoOf(row.reported),
    reports: nanoOf(row.reports),
    provider: provider.total() + nanoOf(row.lines),
  }
}

/** All stages having the same. */
export const all = (sum: bigint): Sums => ({
  raw: sum,
  rolledUp: sum,
  reported: sum,
  reports: sum,
  provider: sum,
})
