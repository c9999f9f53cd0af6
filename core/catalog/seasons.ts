import { and, eq } from 'drizzle-orm'
import { conflict, notFound } from '../http/problem.ts'
import type { Transaction } from '../ports/database.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { TitleId } from '../run/id.ts'
import { changeParts } from './change-title.ts'
import { ownVideo } from './linked-video.ts'
import { MAX_EPISODES, MAX_SEASONS } from './model.ts'
import { episodes, seasons } from './schema.ts'
import type { EpisodeRow } from './show-seasons.ts'
import type { TitleRow } from './store.ts'
import type { EpisodePut } from './wire.ts'

type Needs = Uses<'db' | 'clock'>
interface SeasonAt {
  readonly season: number
}
interface EpisodeAt extends SeasonAt {
  readonly episode: number
}

/** Adds a season or names it anew; its episodes stay. 409 for a film, or beyond MAX_SEASONS. */
export async function putSeason(
  uses: Needs,
  title: TitleRow,
  { season: number, name = null }: SeasonAt & { name: string | null | undefined },
): Promise<void> {
  mustBeSeries(title)
  await changeParts(uses, title.id, async (tx) => {
    await tx
      .insert(seasons)
      .values({ titleId: title.id, number, name })
      .onConflictDoUpdate({ target: [seasons.titleId, seasons.number], set: { name } })
    const many = await tx.$count(seasons, eq(seasons.titleId, title.id))
    if (many > MAX_SEASONS)
      throw conflict('too-many-seasons', `A series may have ${MAX_SEASONS} seasons at most.`)
  })
}

/** Removes a season with its episodes; their videos stay. 404 where there is none. */
export async function removeSeason(uses: Needs, title: TitleRow, at: SeasonAt): Promise<void> {
  await changeParts(uses, title.id, async (tx) => {
    const gone = await tx.delete(seasons).where(isSeason(title.id, at)).returning({ number: seasons.number })
    if (gone.length === 0) throw notFound('season')
  })
}

/** Adds or replaces an episode. 404 without its season, 409 for a film or beyond MAX_EPISODES; as `ownVideo` for its video. */
export async function putEpisode(
  uses: Needs,
  actor: Actor,
  title: TitleRow,
  { season, episode: number, body }: EpisodeAt & { body: EpisodePut },
): Promise<EpisodeRow> {
  mustBeSeries(title)
  const videoId = body.videoId === undefined ? null : await ownVideo(uses, actor, body.videoId)
  const set = { name: body.name, synopsis: body.synopsis ?? '', videoId }
  const row = { titleId: title.id, season, number, ...set }
  await changeParts(uses, title.id, async (tx) => {
    if ((await tx.$count(seasons, isSeason(title.id, { season }))) === 0) throw notFound('season')
    await tx
      .insert(episodes)
      .values(row)
      .onConflictDoUpdate({ target: [episodes.titleId, episodes.season, episodes.number], set })
    await checkEpisodes(tx, title.id)
  })
  return row
}

/** Removes an episode; its video stays. 404 where there is none. */
export async function removeEpisode(
  uses: Needs,
  title: TitleRow,
  { season, episode }: EpisodeAt,
): Promise<void> {
  const it = and(eq(episodes.titleId, title.id), eq(episodes.season, season), eq(episodes.number, episode))
  await changeParts(uses, title.id, async (tx) => {
    const gone = await tx.delete(episodes).where(it).returning({ number: episodes.number })
    if (gone.length === 0) throw notFound('episode')
  })
}

const isSeason = (titleId: TitleId, { season }: SeasonAt) =>
  and(eq(seasons.titleId, titleId), eq(seasons.number, season))

function mustBeSeries({ kind }: TitleRow): void {
  if (kind !== 'series') throw conflict('not-a-series', 'Only a series has seasons and episodes.')
}

/** Counted behind the insert: the throw takes it back. */
async function checkEpisodes(tx: Transaction, titleId: TitleId): Promise<void> {
  if ((await tx.$count(episodes, eq(episodes.titleId, titleId))) > MAX_EPISODES)
    throw conflict('too-many-episodes', `A series may have ${MAX_EPISODES} episodes at most.`)
}
