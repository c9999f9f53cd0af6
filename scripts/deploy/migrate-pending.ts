import type pg from 'pg'
import type { Migration } from './migrate-files.ts'

/** The database and this release do not fit: applying anything would be a guess. */
export class MigrationsDiffer extends Error {
  override readonly name = 'MigrationsDiffer'
}

export interface Pending {
  /** Of this release, not in the database, oldest first. */
  readonly migrations: readonly Migration[]
  /** How many the database has that this release does not know: a newer release was here. */
  readonly unknown: number
}

interface Applied {
  readonly hash: string
  readonly madeAt: number
}

/** What the database lacks of these migrations. Throws `MigrationsDiffer` where they cannot simply be added. */
export async function pendingIn(client: pg.Client, migrations: readonly Migration[]): Promise<Pending> {
  return compare(await appliedIn(client), migrations)
}

async function appliedIn(client: pg.Client): Promise<readonly Applied[]> {
  const made = await client.query("select to_regclass('drizzle.__drizzle_migrations') as made")
  if (made.rows[0]?.made === null) return []
  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'select hash, created_at from drizzle.__drizzle_migrations order by created_at',
  )
  return rows.map(({ hash, created_at }) => ({ hash, madeAt: Number(created_at) }))
}

/** As `pendingIn`, of what was read. */
export function compare(applied: readonly Applied[], migrations: readonly Migration[]): Pending {
  const byTime = new Map(applied.map(({ madeAt, hash }) => [madeAt, hash]))
  const changed = migrations.find(({ madeAt, hash }) => (byTime.get(madeAt) ?? hash) !== hash)
  if (changed !== undefined)
    throw new MigrationsDiffer(
      `${changed.name} was changed after it was applied: restore the file, and write what is new as another migration`,
    )
  const pending = migrations.filter(({ madeAt }) => !byTime.has(madeAt))
  const newest = Math.max(0, ...byTime.keys())
  // drizzle looks at the newest alone, and would leave such a one out without a word.
  const late = pending.find(({ madeAt }) => madeAt < newest)
  if (late !== undefined)
    throw new MigrationsDiffer(
      `${late.name} is older than the newest migration of the database and would never be applied: ` +
        'remove it and generate it anew (npx drizzle-kit generate)',
    )
  const known = new Set(migrations.map(({ madeAt }) => madeAt))
  return { migrations: pending, unknown: [...byTime.keys()].filter((at) => !known.has(at)).length }
}
