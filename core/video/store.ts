import { and, desc, eq, getTableColumns, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Database, Db } from '../ports/database.ts'
import { type UserId, uuidOf, type VideoId } from '../run/id.ts'
import type { VideoStatus } from './model.ts'
import { videos } from './schema.ts'
import type { VideoFacts, VideoRow } from './show.ts'

const {
  sourceKey: _key,
  sourceEtag: _etag,
  report: _report,
  deletedAt: _deleted,
  ...FACTS
} = getTableColumns(videos)

/** Behind every id: the first page begins here. */
const LAST_ID = 'vid_ffffffffffffffffffffffffffffffff' as VideoId

export async function findVideo(db: Db, id: VideoId): Promise<VideoRow | undefined> {
  return (
    await db
      .select()
      .from(videos)
      .where(and(eq(videos.id, id), isNull(videos.deletedAt)))
  )[0]
}

interface PageOf {
  readonly before: VideoId | undefined
  readonly status: VideoStatus | undefined
  readonly limit: number
}

/** The owner's videos, newest first. */
export function videosOf(db: Database, ownerId: UserId, page: PageOf): Promise<VideoFacts[]> {
  const { mine, mineByStatus } = prepared(db)
  const values = { ownerId: uuidOf(ownerId), ...bound(page) }
  return page.status ? mineByStatus.execute({ ...values, status: page.status }) : mine.execute(values)
}

/** What anybody may see, newest first. */
export function publicVideos(db: Database, page: PageOf): Promise<VideoFacts[]> {
  const { open, openByStatus } = prepared(db)
  return page.status
    ? openByStatus.execute({ ...bound(page), status: page.status })
    : open.execute(bound(page))
}

/** drizzle passes a placeholder's value on as it is, without the column's own mapping. */
const bound = ({ before = LAST_ID, limit }: PageOf) => ({ before: uuidOf(before), limit })

/** Named statements, made once for each database: PostgreSQL plans them once a connection, drizzle builds the text once. */
function prepared(db: Database): Statements {
  const known = PREPARED.get(db) ?? prepare(db)
  PREPARED.set(db, known)
  return known
}

function prepare(db: Database) {
  const owned = eq(videos.ownerId, sql.placeholder('ownerId'))
  // Literal, not a parameter: the partial index is only taken for conditions that the planner can see.
  const shown = sql`${videos.visibility} in ('public', 'subscribers') and ${videos.status} in ('playable', 'ready')`
  const ofStatus = eq(videos.status, sql.placeholder('status'))
  return {
    mine: page(db, owned).prepare('videos_mine'),
    mineByStatus: page(db, and(owned, ofStatus)).prepare('videos_mine_by_status'),
    open: page(db, shown).prepare('videos_public'),
    openByStatus: page(db, and(shown, ofStatus)).prepare('videos_public_by_status'),
  }
}
type Statements = ReturnType<typeof prepare>
const PREPARED = new WeakMap<Database, Statements>()

function page(db: Database, where: SQL | undefined) {
  const here = and(where, isNull(videos.deletedAt), lt(videos.id, sql.placeholder('before')))
  return db.select(FACTS).from(videos).where(here).orderBy(desc(videos.id)).limit(sql.placeholder('limit'))
}

/** Videos whose work may have been lost: at work, or deleted and not yet gone. */
export function videosAtWork(
  db: Db,
): Promise<Pick<VideoRow, 'id' | 'generation' | 'status' | 'deletedAt'>[]> {
  const { id, generation, status, deletedAt } = videos
  return db
    .select({ id, generation, status, deletedAt })
    .from(videos)
    .where(and(isNull(deletedAt), inArray(status, ['processing', 'playable'])))
}

/** Videos that were deleted before `before` and whose rows still stand. */
export function deletedVideos(db: Db, before: Date): Promise<Pick<VideoRow, 'id'>[]> {
  return db.select({ id: videos.id }).from(videos).where(lt(videos.deletedAt, before)).limit(100)
}
