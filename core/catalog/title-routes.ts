import { eq } from 'drizzle-orm'
import { tagged } from '../http/etag.ts'
import { DEFAULT_LIMIT, readCursor, toPage } from '../http/page.ts'
import { unauthorized } from '../http/problem.ts'
import { created, noContent } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import type { Ports } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { isId, type TitleId } from '../run/id.ts'
import { createTitle, updateTitle } from './change-title.ts'
import { titleFor } from './find.ts'
import { titles } from './schema.ts'
import { showCards, showTitle } from './show.ts'
import { publicTitles, titlesOf } from './store.ts'
import { viewingNow } from './viewing.ts'
import { Title, TitleCreate, TitleListQuery, TitlePage, TitleUpdate } from './wire.ts'

const tag = 'Catalogue'

export const titleRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/titles',
    tag,
    access: 'user',
    summary: 'Make a film or a series',
    description:
      'Private until `visibility` is `public` or `subscribers`, which shows it to everybody alike: who may play its film is said by the video’s own `visibility`. A film may name one of your own videos.',
    body: TitleCreate,
    answers: { 201: { description: 'Made', schema: Title } },
    problems: {
      'not-found': '404: There is no such video, or none that you may see.',
      forbidden: '403: The video is somebody else’s.',
    },
    handler: async ({ body, actor }, ports) => {
      const row = await createTitle(ports, actor, body)
      return created(`/v1/titles/${row.id}`, await showTitle(ports, actor, row))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/titles',
    tag,
    access: 'optional',
    summary: 'List titles, newest first',
    description:
      'With a token: one’s own. Without: what is published and inside an availability window now. `scope` says it explicitly.',
    query: TitleListQuery,
    answers: { 200: { description: 'A page', schema: TitlePage } },
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listTitles(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/titles/:id',
    tag,
    access: 'optional',
    summary: 'Look at a title with its credits, seasons and episodes',
    description:
      'Others see a film’s video, and an episode at all, only while the video itself is public and can be played.',
    answers: { 200: { description: 'The title', schema: Title } },
    handler: async ({ request, params, actor }, ports) => {
      const row = await titleFor(ports, actor, 'title:read', params.id)
      return tagged(request, await showTitle(ports, actor, row))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/titles/:id',
    tag,
    access: 'user',
    summary: 'Change a title, publish it or link its video',
    body: TitleUpdate,
    answers: { 200: { description: 'The changed title', schema: Title } },
    handler: async ({ request, params, body, actor }, ports) => {
      const row = await titleFor(ports, actor, 'title:update', params.id)
      const changed = await updateTitle(ports, actor, row, body)
      return tagged(request, await showTitle(ports, actor, changed))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/titles/:id',
    tag,
    access: 'user',
    summary: 'Delete a title',
    description: 'With its credits, windows, seasons and episodes. Its videos stay.',
    answers: { 204: { description: 'Deleted' } },
    handler: async ({ params, actor }, ports) => {
      const { id } = await titleFor(ports, actor, 'title:delete', params.id)
      await ports.db.delete(titles).where(eq(titles.id, id))
      return noContent()
    },
  }),
]

/** One page of the list that was asked for. */
async function listTitles(
  ports: Ports,
  actor: Actor | undefined,
  { limit = DEFAULT_LIMIT, kind, genre, cursor, scope = actor ? 'mine' : 'public' }: TitleListQuery,
): Promise<TitlePage> {
  if (scope === 'mine' && !actor)
    throw unauthorized('Your own titles need an access token: Authorization: Bearer ...')
  const list = `titles-${scope}`
  const before = readCursor(cursor, list, (key) => isId('ttl', key)) as TitleId | undefined
  const page = { before, kind, genre, limit: limit + 1 }
  const rows =
    scope === 'mine' && actor
      ? await titlesOf(ports.db, actor.userId, page)
      : await publicTitles(ports.db, viewingNow(ports), page)
  const { items, nextCursor } = toPage(rows, limit, { list, key: (row) => row.id, item: (row) => row })
  const cards = await showCards(ports, actor, items)
  return { items: cards, ...(nextCursor === undefined ? {} : { nextCursor }) }
}
