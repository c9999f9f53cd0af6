import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { creditsOf, replaceCredits } from './credits.ts'
import { titleFor } from './find.ts'
import { GENRES, type Genre } from './model.ts'
import { replaceWindows, windowsOf } from './windows.ts'
import { AvailabilityWindows, Credits, Genres } from './wire.ts'

const tag = 'Catalogue'

export const partRoutes: readonly Route[] = [
  route({
    method: 'PUT',
    path: '/v1/titles/:id/credits',
    tag,
    access: 'user',
    summary: 'Replace the credits',
    body: Credits,
    answers: { 200: { description: 'As they are now', schema: Credits } },
    handler: async ({ params, body, actor }, ports) => {
      const { id } = await titleFor(ports, actor, 'title:update', params.id)
      await replaceCredits(ports, id, body.items)
      return ok({ items: await creditsOf(ports.db, id) })
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/titles/:id/windows',
    tag,
    access: 'user',
    summary: 'Replace the availability windows',
    description:
      'Others see a published title inside any of them; with none, always. Countries narrow only where the viewer’s is known.',
    body: AvailabilityWindows,
    answers: { 200: { description: 'As they are now', schema: AvailabilityWindows } },
    handler: async ({ params, body, actor }, ports) => {
      const { id } = await titleFor(ports, actor, 'title:update', params.id)
      await replaceWindows(ports, id, body.items)
      return ok({ items: await windowsOf(ports.db, id) })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/genres',
    tag,
    access: 'public',
    summary: 'List the genres that a title may have',
    answers: { 200: { description: 'All of them, by slug', schema: Genres } },
    handler: async () => ok({ items: GENRE_LIST }, { 'cache-control': 'public, max-age=300' }),
  }),
]

const GENRE_LIST = Object.entries(GENRES).map(([slug, name]) => ({ slug: slug as Genre, name }))
