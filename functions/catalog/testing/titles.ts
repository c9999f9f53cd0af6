import { eq } from 'drizzle-orm'
import type { Season, Title, TitlePage } from '../../../core/catalog/wire.ts'
import { videos } from '../../../core/database/schema.ts'
import type { VideoId } from '../../../core/run/id.ts'
import type { Video } from '../../../core/video/wire.ts'
import type { Client, TestPlatform } from '../../entry/testing/platform.ts'

export const makeTitle = async (who: Client, more: Record<string, unknown> = {}) =>
  (await who.call('POST', '/v1/titles', { kind: 'film', name: 'A title', ...more })).body as Title

export const getTitle = async (who: Client, id: string) =>
  (await who.call('GET', `/v1/titles/${id}`)).body as Title

export const listTitles = async (who: Client, query = '') =>
  (await who.call('GET', `/v1/titles${query}`)).body as TitlePage

/** A video as if its film had been transcoded, with its poster. */
export async function makeVideo(
  at: TestPlatform,
  who: Client,
  { visibility = 'public', status = 'ready' }: Partial<Pick<Video, 'visibility' | 'status'>> = {},
): Promise<string> {
  const { id } = (await who.call('POST', '/v1/videos', { title: 'A video', visibility })).body as Video
  const set = { status, generation: 1, durationSeconds: 60, poster: 'poster.jpg' }
  await at.platform.ports.db
    .update(videos)
    .set(set)
    .where(eq(videos.id, id as VideoId))
  return id
}

/** A public series with season 1 and these episodes in it. */
export async function makeSeries(who: Client, episodes: readonly (string | undefined)[]): Promise<string> {
  const { id } = await makeTitle(who, { kind: 'series', visibility: 'public' })
  await who.call('PUT', `/v1/titles/${id}/seasons/1`, { name: 'The first' })
  for (const [index, videoId] of episodes.entries())
    await who.call('PUT', `/v1/titles/${id}/seasons/1/episodes/${index + 1}`, {
      name: `Episode ${index + 1}`,
      ...(videoId === undefined ? {} : { videoId }),
    })
  return id
}

/** What is told of a title's seasons: their numbers with those of their episodes. */
export const numbersOf = (seasons: readonly Season[] | undefined) =>
  seasons?.map((season) => [season.number, season.episodes.map((episode) => episode.number)])
