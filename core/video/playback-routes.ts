import { eq } from 'drizzle-orm'
import { invalid } from '../http/problem.ts'
import type { HttpRequest } from '../http/request.ts'
import { noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import type { Device } from '../playback/ask.ts'
import { decide } from '../playback/decide.ts'
import { mayWatch } from '../playback/may-watch.ts'
import { refusalsOf } from '../playback/refusal-list.ts'
import { PlaybackQuery } from '../playback/wire.ts'
import type { Ports } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import { putCaption, removeCaption } from './captions.ts'
import { checkChapters } from './chapters.ts'
import { videoFor } from './find.ts'
import { lockVideo } from './lock.ts'
import { captionNames, captionsOf, chaptersOf, playbackOf, thumbnailRows } from './playback.ts'
import { renditionsOf } from './renditions.ts'
import { chapters } from './schema.ts'
import { deliverStoryboard, mediaExpiry, signMedia, type VideoRow } from './show.ts'
import { CaptionQuery, Captions, Chapters, Playback, Renditions, Thumbnails } from './wire.ts'

const tag = 'Playback'
const NO_STORE = { 'cache-control': 'private, no-store' }

/** Opens a film: of the function that decides. */
export const openRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/videos/:id/playback',
    tag,
    access: 'optional',
    summary: 'Get signed URLs to play a video',
    description:
      'Owners may play their private videos, anybody the public ones, and those whose plan has the feature `premium-titles` also the ones for subscribers. The URLs stop working at `expiresAt`; ask again then. Opens a playback session, or goes on with that of the same film, `device` and `player`: its token goes along with heartbeats and licence requests as `x-skyreel-playback`. Each call is decided anew.',
    query: PlaybackQuery,
    answers: { 200: { description: 'What a player needs', schema: Playback } },
    problems: refusalsOf('open'),
    handler: async ({ request, params, query, actor }, ports, ctx) => {
      const asker = { by: 'actor', actor, ...deviceIn(query) } as const
      const permit = await decide(ports, ctx, { door: 'playback', asker, videoId: params.id ?? '', request })
      const { playback, cookies } = await playbackOf(ports, ctx, { permit, clientIp: request.clientIp })
      return { ...ok(playback, NO_STORE), cookies }
    },
  }),
]

export const playbackRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/videos/:id/renditions',
    tag,
    access: 'optional',
    summary: 'List the qualities, lowest first, as measured',
    answers: { 200: { description: 'The qualities that are there so far', schema: Renditions } },
    handler: async ({ params, actor }, ports) =>
      ok({ items: await renditionsOf(ports, await videoFor(ports, actor, 'video:read', params.id)) }),
  }),
  route({
    method: 'GET',
    path: '/v1/videos/:id/thumbnails',
    tag,
    access: 'optional',
    summary: 'Get signed URLs of poster and storyboard',
    description: 'Of the poster alone for whom the film cannot be played.',
    answers: { 200: { description: 'Those that are there so far', schema: Thumbnails } },
    handler: async ({ request, params, actor }, ports) => {
      const video = await videoFor(ports, actor, 'video:read', params.id)
      return ok(await thumbnailsOf(ports, { actor, request, video }), NO_STORE)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/videos/:id/chapters',
    tag,
    access: 'optional',
    summary: 'List the chapters',
    answers: { 200: { description: 'In order', schema: Chapters } },
    handler: async ({ params, actor }, ports) =>
      ok({ items: await chaptersOf(ports, await videoFor(ports, actor, 'video:read', params.id)) }),
  }),
  route({
    method: 'PUT',
    path: '/v1/videos/:id/chapters',
    tag,
    access: 'user',
    summary: 'Replace the chapters',
    body: Chapters,
    answers: { 200: { description: 'As they are now', schema: Chapters } },
    handler: async ({ params, body, actor }, ports) => {
      const video = await videoFor(ports, actor, 'video:update', params.id)
      await replaceChapters(ports, video, body.items)
      return ok({ items: await chaptersOf(ports, video) })
    },
  }),
  route({
    method: 'GET',
    path: '/v1/videos/:id/captions',
    tag,
    access: 'optional',
    summary: 'List the captions',
    description: 'Without URLs for whom the film cannot be played.',
    answers: { 200: { description: 'By language, with signed URLs', schema: Captions } },
    handler: async ({ request, params, actor }, ports) => {
      const video = await videoFor(ports, actor, 'video:read', params.id)
      const list = (await mayWatch(ports, { actor, request, video })) ? captionsOf : captionNames
      return ok({ items: await list(ports, video) }, NO_STORE)
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/videos/:id/captions/:language',
    tag,
    access: 'user',
    summary: 'Add or replace the captions of a language',
    description: 'The body is a WebVTT or SubRip file. `label` is what the player’s menu shows.',
    query: CaptionQuery,
    rawBody: {
      mediaTypes: ['text/vtt', 'application/x-subrip', 'text/srt', 'application/srt', 'text/plain'],
      maxBytes: 1_048_576,
    },
    answers: { 200: { description: 'All captions of the film', schema: Captions } },
    handler: async ({ params, query, request, actor }, ports, ctx) => {
      const video = await videoFor(ports, actor, 'video:update', params.id)
      const mediaType = (request.headers['content-type'] ?? '').split(';')[0]?.trim() ?? ''
      const file = { language: params.language ?? '', label: query.label, bytes: request.body, mediaType }
      await putCaption(ports, ctx, video, file)
      return ok({ items: await captionsOf(ports, video) }, NO_STORE)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/videos/:id/captions/:language',
    tag,
    access: 'user',
    summary: 'Remove the captions of a language',
    answers: { 204: { description: 'Removed' } },
    handler: async ({ params, actor }, ports, ctx) => {
      const video = await videoFor(ports, actor, 'video:update', params.id)
      await removeCaption(ports, ctx, video, params.language ?? '')
      return noContent()
    },
  }),
]

async function thumbnailsOf(
  ports: Ports,
  asked: { actor: Actor | undefined; request: HttpRequest; video: VideoRow },
) {
  const { video } = asked
  const [rows, all] = await Promise.all([thumbnailRows(ports, video), mayWatch(ports, asked)])
  // The storyboard shows what happens in the film.
  const shown = rows.filter(({ kind }) => all || kind === 'poster')
  const items = shown.map(async ({ kind, name, width, height }) => {
    const size = width === null || height === null ? {} : { width, height }
    const url = kind === 'poster' ? signMedia(ports, video, name) : storyboardUrl(ports, video, name)
    return { kind, url: await url, ...size }
  })
  return { items: await Promise.all(items), expiresAt: mediaExpiry(ports).toISOString() }
}

const storyboardUrl = async (ports: Ports, video: VideoRow, name: string) =>
  (await deliverStoryboard(ports, video, name)).url

const deviceIn = ({ device, player, deviceName }: PlaybackQuery): { device?: Device } => {
  const named = { ...(deviceName ? { name: deviceName } : {}), ...(player ? { player } : {}) }
  return device === undefined ? {} : { device: { id: device, ...named } }
}

async function replaceChapters(
  { db }: Pick<Ports, 'db'>,
  video: VideoRow,
  items: readonly { startSeconds: number; title: string }[],
): Promise<void> {
  const errors = checkChapters(items, video.durationSeconds ?? undefined)
  if (errors.length > 0) throw invalid(errors)
  await db.transaction(async (tx) => {
    await lockVideo(tx, video.id)
    await tx.delete(chapters).where(eq(chapters.videoId, video.id))
    const rows = items.map(({ startSeconds, title }) => ({
      videoId: video.id,
      startMs: Math.round(startSeconds * 1000),
      title,
    }))
    if (rows.length > 0) await tx.insert(chapters).values(rows)
  })
}
