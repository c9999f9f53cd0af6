import { and, asc, eq } from 'drizzle-orm'
import type { Db } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { TitleId } from '../run/id.ts'
import { type LinkedVideos, readableVideos, showLinked } from './linked-video.ts'
import { episodes, seasons } from './schema.ts'
import type { TitleRow } from './store.ts'
import type { Episode, Season } from './wire.ts'

type Needs = Uses<'db' | 'cdn' | 'clock' | 'config'>
export type EpisodeRow = typeof episodes.$inferSelect

/** The seasons in order, or the one asked for. Others get those episodes alone whose video they may see. */
export async function showSeasons(
  uses: Needs,
  actor: Actor | undefined,
  { id, ownerId, season }: Pick<TitleRow, 'id' | 'ownerId'> & { season?: number },
): Promise<Season[]> {
  const all = await episodesOf(uses.db, id, season)
  const readable = await readableVideos(
    uses.db,
    actor,
    all.map((row) => row.videoId),
  )
  const mine = actor?.userId === ownerId
  const shown = all.filter(({ videoId }) => mine || (videoId !== null && readable.has(videoId)))
  const bySeason = Map.groupBy(shown, (row) => row.season)
  return Promise.all(
    (await seasonsOf(uses.db, id, season)).map(async ({ number, name }) => ({
      number,
      ...(name === null ? {} : { name }),
      episodes: await Promise.all((bySeason.get(number) ?? []).map((row) => show(uses, readable, row))),
    })),
  )
}

/** One episode as its owner sees it. */
export async function showEpisode(uses: Needs, actor: Actor, row: EpisodeRow): Promise<Episode> {
  return show(uses, await readableVideos(uses.db, actor, [row.videoId]), row)
}

async function show(uses: Needs, readable: LinkedVideos, row: EpisodeRow): Promise<Episode> {
  const { number, name, synopsis, videoId } = row
  return { number, name, synopsis, ...(await showLinked(uses, readable, videoId)) }
}

function episodesOf(db: Db, id: TitleId, season: number | undefined): Promise<EpisodeRow[]> {
  const wanted = season === undefined ? undefined : eq(episodes.season, season)
  return db
    .select()
    .from(episodes)
    .where(and(eq(episodes.titleId, id), wanted))
    .orderBy(asc(episodes.season), asc(episodes.number))
}

function seasonsOf(db: Db, id: TitleId, season: number | undefined) {
  const wanted = season === undefined ? undefined : eq(seasons.number, season)
  return db
    .select()
    .from(seasons)
    .where(and(eq(seasons.titleId, id), wanted))
    .orderBy(asc(seasons.number))
}
