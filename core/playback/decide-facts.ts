import { and, eq, inArray, isNull } from 'drizzle-orm'
import { union } from 'drizzle-orm/pg-core'
import { availabilityWindows, episodes, titles } from '../catalog/schema.ts'
import type { Db } from '../ports/database.ts'
import type { UserId, VideoId } from '../run/id.ts'
import { videos } from '../video/schema.ts'
import type { VideoRow } from '../video/show.ts'
import { playbackRules, playbackSessions, viewingLimits } from './schema.ts'

export type SessionRow = typeof playbackSessions.$inferSelect
export type RulesRow = typeof playbackRules.$inferSelect

/** A time, and perhaps countries, in which a film may be shown. */
export interface Opening {
  readonly startsAt: Date | null
  /** The first moment after it. */
  readonly endsAt: Date | null
  /** Null for all. */
  readonly countries: readonly string[] | null
}

/** What the decision goes by, as it stands in the database now. */
export interface FilmFacts {
  readonly video: VideoRow
  readonly rules: RulesRow | undefined
  /** Age that the viewer's account is set to. */
  readonly age: number | undefined
  /** Of the titles that show the film, where they have any: one of them must be open. */
  readonly windows: readonly Opening[]
}

/** `undefined` for a video that is not there, or deleted. */
export async function filmFacts(
  db: Db,
  videoId: VideoId,
  userId: UserId | undefined,
): Promise<FilmFacts | undefined> {
  const viewer = userId === undefined ? isNull(viewingLimits.userId) : eq(viewingLimits.userId, userId)
  const [[row], windows] = await Promise.all([
    db
      .select({ video: videos, rules: playbackRules, age: viewingLimits.age })
      .from(videos)
      .leftJoin(playbackRules, eq(playbackRules.videoId, videos.id))
      .leftJoin(viewingLimits, viewer)
      .where(and(eq(videos.id, videoId), isNull(videos.deletedAt))),
    windowsOfFilm(db, videoId),
  ])
  return row && { video: row.video, rules: row.rules ?? undefined, age: row.age ?? undefined, windows }
}

function windowsOfFilm(db: Db, videoId: VideoId): Promise<Opening[]> {
  const films = db.select({ id: titles.id }).from(titles).where(eq(titles.videoId, videoId))
  const series = db.select({ id: episodes.titleId }).from(episodes).where(eq(episodes.videoId, videoId))
  const { startsAt, endsAt, countries, titleId } = availabilityWindows
  return db
    .select({ startsAt, endsAt, countries })
    .from(availabilityWindows)
    .where(inArray(titleId, union(films, series)))
}

/** A session by its id, ended ones too. */
export async function findSession(db: Db, id: SessionRow['id']): Promise<SessionRow | undefined> {
  return (await db.select().from(playbackSessions).where(eq(playbackSessions.id, id)))[0]
}
