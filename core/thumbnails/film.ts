import { and, eq, inArray, isNull, notExists, sql } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { SourceReport } from '../ports/media.ts'
import type { Work } from '../transcode/unit-store.ts'
import { thumbnails, videos } from '../video/schema.ts'

export interface WantingFilm {
  readonly sourceKey: string
  /** The probe's, where it is done already. */
  readonly report: SourceReport | null
}

/** The film, where it is at work and has no pictures yet; `undefined` for one that was deleted, failed or has them. */
export async function filmWithoutPictures(db: Db, work: Work): Promise<WantingFilm | undefined> {
  const columns = { sourceKey: videos.sourceKey, report: videos.report }
  const [row] = await db.select(columns).from(videos).where(wantsPictures(db, work))
  return row?.sourceKey ? { sourceKey: row.sourceKey, report: row.report } : undefined
}

/** A film that is ready has the pictures of its transcode, or none to show. */
export function wantsPictures(db: Db, { videoId, generation }: Work) {
  const made = and(eq(thumbnails.videoId, videos.id), eq(thumbnails.generation, videos.generation))
  return and(
    eq(videos.id, videoId),
    eq(videos.generation, generation),
    inArray(videos.status, ['processing', 'playable']),
    isNull(videos.deletedAt),
    notExists(db.select({ one: sql`1` }).from(thumbnails).where(made)),
  )
}
