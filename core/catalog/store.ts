import { and, arrayContains, desc, eq, getTableColumns, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { TitleId, UserId } from '../run/id.ts'
import type { Genre, TitleKind } from './model.ts'
import { titles } from './schema.ts'
import type { Viewing } from './viewing.ts'

export type TitleRow = typeof titles.$inferSelect
/** With whether one of its windows is open at that viewing, or it has none. */
export type ViewedTitle = TitleRow & { readonly available: boolean }

export async function findTitle(db: Db, id: TitleId, viewing: Viewing): Promise<ViewedTitle | undefined> {
  const columns = { ...getTableColumns(titles), available: isAvailable(viewing) }
  return (await db.select(columns).from(titles).where(eq(titles.id, id)))[0]
}

interface PageOf {
  readonly before: TitleId | undefined
  readonly kind: TitleKind | undefined
  readonly genre: Genre | undefined
  readonly limit: number
}

/** The owner's titles, newest first. */
export function titlesOf(db: Db, ownerId: UserId, page: PageOf): Promise<TitleRow[]> {
  return rows(db, eq(titles.ownerId, ownerId), page)
}

/** What anybody may see at that viewing, newest first. */
export function publicTitles(db: Db, viewing: Viewing, page: PageOf): Promise<TitleRow[]> {
  // Literal, not a parameter: the partial index is only taken for conditions that the planner can see.
  return rows(db, sql`${titles.visibility} in ('public', 'subscribers') and ${isAvailable(viewing)}`, page)
}

function rows(db: Db, where: SQL, { before, kind, genre, limit }: PageOf): Promise<TitleRow[]> {
  const wanted = and(
    where,
    before && lt(titles.id, before),
    kind && eq(titles.kind, kind),
    genre && arrayContains(titles.genres, [genre]),
  )
  return db.select().from(titles).where(wanted).orderBy(desc(titles.id)).limit(limit)
}

/**
 * `true` for a title without windows. Two `exists` read better, but PostgreSQL hashes them: every page then read the
 * whole table of windows (2.5 ms with 10 000 of them, against 0.1). Names are spelled out because drizzle drops the
 * table's name inside a list of columns, and here two tables meet.
 */
function isAvailable({ at, country }: Viewing): SQL<boolean> {
  const now = sql`${at.toISOString()}::timestamptz`
  const here = country === undefined ? sql`true` : sql`(w.countries is null or ${country} = any(w.countries))`
  const open = sql`w.starts_at <= ${now} and (w.ends_at is null or w.ends_at > ${now}) and ${here}`
  return sql<boolean>`coalesce(
    (select bool_or(${open}) from availability_windows w where w.title_id = titles.id), true)`
}
