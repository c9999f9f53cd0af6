import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { creditsOf } from './credits.ts'
import { readableVideos, showLinked } from './linked-video.ts'
import { showSeasons } from './show-seasons.ts'
import type { TitleRow } from './store.ts'
import { windowsOf } from './windows.ts'
import type { Title, TitleCard } from './wire.ts'

type Needs = Uses<'db' | 'cdn' | 'clock' | 'config'>

/** Titles as lists show them. A film's video is left out for whom may not see it. */
export async function showCards(
  uses: Needs,
  actor: Actor | undefined,
  rows: readonly TitleRow[],
): Promise<TitleCard[]> {
  const ids = rows.map((row) => row.videoId)
  const readable = await readableVideos(uses.db, actor, ids)
  return Promise.all(
    rows.map(async (row) => ({
      ...factsOf(row, actor),
      ...(await showLinked(uses, readable, row.videoId)),
    })),
  )
}

/** A title with all its parts. Its windows are the owner's business. */
export async function showTitle(uses: Needs, actor: Actor | undefined, row: TitleRow): Promise<Title> {
  const readable = await readableVideos(uses.db, actor, [row.videoId])
  const facts = factsOf(row, actor)
  return {
    ...facts,
    ...(await showLinked(uses, readable, row.videoId)),
    credits: await creditsOf(uses.db, row.id),
    ...(row.kind === 'series' ? { seasons: await showSeasons(uses, actor, row) } : {}),
    ...(facts.mine ? { windows: await windowsOf(uses.db, row.id) } : {}),
  }
}

function factsOf(row: TitleRow, actor: Actor | undefined) {
  const { id, kind, name, synopsis, languages, genres, visibility, originalName, releaseYear, ageRating } =
    row
  return {
    ...{ id, kind, name, synopsis, languages, genres, visibility },
    ...(originalName === null ? {} : { originalName }),
    ...(releaseYear === null ? {} : { releaseYear }),
    ...(ageRating === null ? {} : { ageRating }),
    mine: actor?.userId === row.ownerId,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
