import { and, eq } from 'drizzle-orm'
import type * as z from 'zod/mini'
import { tagged } from '../http/etag.ts'
import { DEFAULT_LIMIT, readCursor, toPage } from '../http/page.ts'
import { conflict, unauthorized } from '../http/problem.ts'
import { created, noContent } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import type { Ports } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { idFromUuid, isId, type VideoId } from '../run/id.ts'
import { deleteVideo } from './delete-video.ts'
import { videoFor } from './find.ts'
import { progressStream } from './progress-stream.ts'
import { videos } from './schema.ts'
import { showVideo, type VideoFacts, type VideoRow } from './show.ts'
import { videoRow } from './start-upload.ts'
import { publicVideos, videosOf } from './store.ts'
import { Video, VideoCreate, VideoListQuery, VideoPage, VideoUpdate } from './wire.ts'

const tag = 'Videos'

export const videoRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/videos',
    tag,
    access: 'user',
    summary: 'Make a video without a film',
    description:
      'Its film follows with POST /v1/uploads and this video’s id. Starting an upload without a video makes one, too.',
    body: VideoCreate,
    answers: { 201: { description: 'Made', schema: Video } },
    handler: async ({ body, actor }, ports) => {
      const { description = '', visibility = 'private', protection = 'clear', title } = body
      const row = videoRow(ports, actor, {
        id: idFromUuid('vid', ports.ids.uuid()),
        title,
        description,
        visibility,
        protection,
      })
      const [made] = await ports.db.insert(videos).values(row).returning()
      return created(`/v1/videos/${row.id}`, await showVideo(ports, made as VideoFacts, actor))
    },
  }),
  route({
    method: 'GET',
    path: '/v1/videos',
    tag,
    access: 'optional',
    summary: 'List videos, newest first',
    description:
      'With a token: one’s own. Without: those that anybody may see, public ones and those for subscribers. `scope` says it explicitly.',
    query: VideoListQuery,
    answers: { 200: { description: 'A page', schema: VideoPage } },
    handler: async ({ request, query, actor }, ports) =>
      tagged(request, await listVideos(ports, actor, query)),
  }),
  route({
    method: 'GET',
    path: '/v1/videos/:id',
    tag,
    access: 'optional',
    summary: 'Look at a video',
    answers: { 200: { description: 'The video', schema: Video } },
    handler: async ({ request, params, actor }, ports) => {
      const row = await videoFor(ports, actor, 'video:read', params.id)
      return tagged(request, await showVideo(ports, row, actor))
    },
  }),
  route({
    method: 'PATCH',
    path: '/v1/videos/:id',
    tag,
    access: 'user',
    summary: 'Change title, description or visibility',
    description: 'The protection, too, as long as there is no film.',
    body: VideoUpdate,
    answers: { 200: { description: 'The changed video', schema: Video } },
    problems: {
      'film-exists': '409: The film is there: its protection changes with PUT /v1/videos/:id/protection.',
    },
    handler: async ({ request, params, body, actor }, ports) => {
      const row = await videoFor(ports, actor, 'video:update', params.id)
      const changed = await changeVideo(ports, row, body)
      return tagged(request, await showVideo(ports, changed, actor))
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/videos/:id',
    tag,
    access: 'user',
    summary: 'Delete a video',
    description:
      'At once for everybody. Work on it stops, and its film and all that was made from it are removed.',
    answers: { 204: { description: 'Deleted' } },
    handler: async ({ params, actor }, ports, ctx) => {
      const row = await videoFor(ports, actor, 'video:delete', params.id)
      await deleteVideo(ports, ctx, row.id)
      return noContent()
    },
  }),
  route({
    method: 'GET',
    path: '/v1/videos/:id/events',
    tag,
    access: 'optional',
    summary: 'Follow a video’s progress live',
    description:
      'Server-sent events `progress` with `{status, progress, failure?}`, one for each change; `gone` when it is deleted. Ends behind `ready` or `failed`.',
    answers: { 200: { description: 'A stream of events', mediaType: 'text/event-stream' } },
    handler: async ({ params, actor }, ports, ctx) => {
      const row = await videoFor(ports, actor, 'video:read', params.id)
      const headers = {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      }
      return { status: 200, headers, body: progressStream(ports, row.id, ctx.signal) }
    },
  }),
]

/** One page of the list that was asked for. */
async function listVideos(
  ports: Ports,
  actor: Actor | undefined,
  query: z.infer<typeof VideoListQuery>,
): Promise<VideoPage> {
  const { limit = DEFAULT_LIMIT, status, scope = actor ? 'mine' : 'public' } = query
  if (scope === 'mine' && !actor)
    throw unauthorized('Your own videos need an access token: Authorization: Bearer ...')
  const list = scope === 'mine' ? 'mine' : 'public'
  const before = readCursor(query.cursor, list, (key) => isId('vid', key)) as VideoId | undefined
  const page = { before, status, limit: limit + 1 }
  const rows =
    scope === 'mine' && actor
      ? await videosOf(ports.db, actor.userId, page)
      : await publicVideos(ports.db, page)
  const { items, nextCursor } = toPage(rows, limit, {
    list,
    key: (row) => row.id,
    item: (row) => showVideo(ports, row, actor),
  })
  return { items: await Promise.all(items), ...(nextCursor === undefined ? {} : { nextCursor }) }
}

/** A film that comes in the same moment keeps the protection that it was begun with. */
async function changeVideo(
  ports: Ports,
  row: VideoRow,
  body: z.infer<typeof VideoUpdate>,
): Promise<VideoRow> {
  const waiting = body.protection === undefined ? undefined : eq(videos.status, 'uploading')
  const changed = await ports.db
    .update(videos)
    .set(changes(ports, body))
    .where(and(eq(videos.id, row.id), waiting))
    .returning()
  if (changed[0]) return changed[0]
  if (!waiting) return row
  throw conflict(
    'film-exists',
    'The film is there: its protection changes with PUT /v1/videos/:id/protection.',
  )
}

function changes({ clock }: Pick<Ports, 'clock'>, body: z.infer<typeof VideoUpdate>) {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
  return { ...given, updatedAt: clock.now() }
}
