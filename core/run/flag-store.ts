import { featureFlags } from '../database/flag-schema.ts'
import type { Database } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import { FLAG_NAMES, FLAGS, type Flag } from './flags.ts'

/** A process may answer by what the table said up to this long ago: a flag costs no query for each request. */
const FRESH_MS = 5000

/** Whether a flag is on: the environment has the last word, then the table, then the default. */
export async function isOn(uses: Uses<'db' | 'clock' | 'config'>, flag: Flag): Promise<boolean> {
  const forced = uses.config.flags[flag]
  if (forced !== undefined) return forced
  return (await recentRows(uses)).get(flag)?.enabled ?? FLAGS[flag].byDefault
}

/** Turns a flag for all processes; others notice within five seconds. */
export async function setFlag(
  { db, clock }: Uses<'db' | 'clock'>,
  flag: Flag,
  enabled: boolean,
): Promise<void> {
  const set = { enabled, updatedAt: clock.now() }
  const target = featureFlags.name
  await db
    .insert(featureFlags)
    .values({ name: flag, ...set })
    .onConflictDoUpdate({ target, set })
  RECENT.delete(db)
}

export interface FlagState {
  readonly flag: Flag
  readonly on: boolean
  /** Who decided. */
  readonly by: 'environment' | 'table' | 'default'
  readonly updatedAt?: Date
}

/** Every flag as it stands, read afresh. */
export async function flagStates({ db, config }: Uses<'db' | 'config'>): Promise<FlagState[]> {
  const rows = await readRows(db)
  return FLAG_NAMES.map((flag) => {
    const [forced, row] = [config.flags[flag], rows.get(flag)]
    if (forced !== undefined) return { flag, on: forced, by: 'environment' }
    if (row) return { flag, on: row.enabled, by: 'table', updatedAt: row.updatedAt }
    return { flag, on: FLAGS[flag].byDefault, by: 'default' }
  })
}

type Rows = ReadonlyMap<string, typeof featureFlags.$inferSelect>
interface Recent {
  readonly readAt: number
  readonly rows: Promise<Rows>
}
const RECENT = new WeakMap<Database, Recent>()

/** Requests that come at once share one query; one that failed is not kept. */
function recentRows({ db, clock }: Uses<'db' | 'clock'>): Promise<Rows> {
  const now = clock.now().getTime()
  const known = RECENT.get(db)
  if (known && Math.abs(now - known.readAt) < FRESH_MS) return known.rows
  const recent = { readAt: now, rows: readRows(db) }
  RECENT.set(db, recent)
  recent.rows.catch(() => RECENT.get(db) === recent && RECENT.delete(db))
  return recent.rows
}

async function readRows(db: Database): Promise<Rows> {
  const rows = await db.select().from(featureFlags)
  return new Map(rows.map((row) => [row.name, row]))
}
