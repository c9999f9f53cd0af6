import { and, asc, desc, eq, gt, lt, ne } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { UploadId, UserId, VideoId } from '../run/id.ts'
import { uploads, videos } from './schema.ts'

export type UploadRow = typeof uploads.$inferSelect

export async function findUpload(db: Db, id: UploadId): Promise<UploadRow | undefined> {
  return (await db.select().from(uploads).where(eq(uploads.id, id)))[0]
}

const LAST_ID = 'upl_ffffffffffffffffffffffffffffffff' as UploadId

/** The owner's open uploads, newest first. */
export function openUploads(
  db: Db,
  ownerId: UserId,
  { before = LAST_ID, limit }: { before: UploadId | undefined; limit: number },
): Promise<UploadRow[]> {
  const mine = and(eq(uploads.ownerId, ownerId), eq(uploads.state, 'open'), lt(uploads.id, before))
  return db.select().from(uploads).where(mine).orderBy(desc(uploads.id)).limit(limit)
}

export function uploadsOfVideo(db: Db, videoId: VideoId): Promise<UploadRow[]> {
  return db.select().from(uploads).where(eq(uploads.videoId, videoId))
}

/** Open ones whose time is over. */
export function expiredUploads(db: Db, now: Date): Promise<UploadRow[]> {
  return db
    .select()
    .from(uploads)
    .where(and(eq(uploads.state, 'open'), lt(uploads.expiresAt, now)))
    .orderBy(asc(uploads.expiresAt))
    .limit(100)
}

/**
 * Uploads begun before `before` whose video still waits: their object may be there without its event having come.
 * Pages of 200 by id, each behind the last id of the one before.
 */
export async function waitingUploads(
  db: Db,
  { before, after = FIRST_ID }: { before: Date; after: UploadId | undefined },
): Promise<UploadRow[]> {
  const waiting = and(
    ne(uploads.state, 'aborted'),
    lt(uploads.createdAt, before),
    eq(videos.status, 'uploading'),
    gt(uploads.id, after),
  )
  const rows = await db
    .select({ upload: uploads })
    .from(uploads)
    .innerJoin(videos, eq(videos.id, uploads.videoId))
    .where(waiting)
    .orderBy(asc(uploads.id))
    .limit(200)
  return rows.map((row) => row.upload)
}
const FIRST_ID = 'upl_00000000000000000000000000000000' as UploadId
