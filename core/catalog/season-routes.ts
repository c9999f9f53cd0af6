import * as z from 'zod/mini'
import { notFound } from '../http/problem.ts'
import { read } from '../http/read.ts'
import { noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { wholeNumber } from '../http/text.ts'
import { titleFor } from './find.ts'
import { putEpisode, putSeason, removeEpisode, removeSeason } from './seasons.ts'
import { showEpisode, showSeasons } from './show-seasons.ts'
import { Episode, EpisodePut, Season, SeasonPut } from './wire.ts'

const tag = 'Catalogue'
const SEASON = '/v1/titles/:id/seasons/:season'
const EPISODE = `${SEASON}/episodes/:episode`
const SeasonPath = z.object({ season: wholeNumber(0, 999) })
const EpisodePath = z.object({ season: wholeNumber(0, 999), episode: wholeNumber(0, 9999) })

const BAD_NUMBER = { 'invalid-input': '422: A number in the path is none, or too large.' }
const NOT_A_SERIES = { 'not-a-series': '409: The title is a film.' }

export const seasonRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: SEASON,
    tag,
    access: 'user',
    summary: 'Add a season or name it anew',
    description: 'Its episodes stay. 0 is for specials.',
    body: SeasonPut,
    answers: { 200: { description: 'The season with its episodes', schema: Season } },
    problems: { ...NOT_A_SERIES, 'too-many-seasons': '409: The series has as many as it may have.' },
    handler: async ({ params, body, actor }, ports) => {
      const title = await titleFor(ports, actor, 'title:update', params.id)
      const { season } = read(SeasonPath, params, 'params')
      await putSeason(ports, title, { season, name: body.name })
      const [shown] = await showSeasons(ports, actor, { id: title.id, ownerId: title.ownerId, season })
      if (!shown) throw notFound('season')
      return ok(shown)
    },
  }),
  route({
    method: 'DELETE',
    path: SEASON,
    tag,
    access: 'user',
    summary: 'Remove a season with its episodes',
    description: 'Their videos stay.',
    answers: { 204: { description: 'Removed' } },
    problems: BAD_NUMBER,
    handler: async ({ params, actor }, ports) => {
      const title = await titleFor(ports, actor, 'title:update', params.id)
      await removeSeason(ports, title, read(SeasonPath, params, 'params'))
      return noContent()
    },
  }),
  route({
    method: 'PUT',
    path: EPISODE,
    tag,
    access: 'user',
    summary: 'Add or replace an episode',
    description: 'It may name one of your own videos, at once or later.',
    body: EpisodePut,
    answers: { 200: { description: 'The episode', schema: Episode } },
    problems: { ...NOT_A_SERIES, 'too-many-episodes': '409: The series has as many as it may have.' },
    handler: async ({ params, body, actor }, ports) => {
      const title = await titleFor(ports, actor, 'title:update', params.id)
      const at = read(EpisodePath, params, 'params')
      return ok(await showEpisode(ports, actor, await putEpisode(ports, actor, title, { ...at, body })))
    },
  }),
  route({
    method: 'DELETE',
    path: EPISODE,
    tag,
    access: 'user',
    summary: 'Remove an episode',
    description: 'Its video stays.',
    answers: { 204: { description: 'Removed' } },
    problems: BAD_NUMBER,
    handler: async ({ params, actor }, ports) => {
      const title = await titleFor(ports, actor, 'title:update', params.id)
      await removeEpisode(ports, title, read(EpisodePath, params, 'params'))
      return noContent()
    },
  }),
]
