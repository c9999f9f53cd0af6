import * as z from 'zod/mini'
import { forPlayers } from '../drm/license-door.ts'
import { notFound, Problem } from '../http/problem.ts'
import type { HttpRequest } from '../http/request.ts'
import type { HttpResponse } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import type { Uses } from '../ports/ports.ts'
import type { Actor } from '../run/actor.ts'
import type { Context } from '../run/context.ts'
import { deliverFilm, type VideoRow } from '../video/show.ts'
import type { Asker, Device } from './ask.ts'
import { type DecideNeeds, decide } from './decide.ts'
import { REFUSALS } from './model.ts'
import { refusalsOf } from './refusal-list.ts'
import { type RewriteNeeds, rewrittenPlaylist } from './rewritten-playlist.ts'
import { rewrittenUrl } from './rewritten-url.ts'
import { PLAYLIST_TYPES } from './signed-playlist.ts'
import { readPlaylistFile } from './stream-urls.ts'
import { playbackTokenOf } from './token.ts'

const Token = z.optional(z.string().check(z.maxLength(2000)))
const Name = z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{8,64}$/)))

const StreamQuery = z.strictObject({
  device: Name,
  player: Name,
  token: Token,
  /** Without it DASH for `cenc` and `cbcs`, HLS for the others. */
  format: z.optional(z.enum(['hls', 'dash'])),
  /** `1`: HLS for players that keep no cookies. */
  rewrite: z.optional(z.literal('1')),
})
type StreamQuery = z.infer<typeof StreamQuery>

/** The signed film for players that take one URL and nothing else. */
export const streamRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/stream/:id',
    tag: 'Playback',
    access: 'optional',
    summary: 'Redirect to the signed manifest of a video',
    description:
      'For the signed-in viewer, who opens a session (`device`, `player`), or by the `token` of a running one. `format=hls&rewrite=1` leads to playlists that need no cookies; films protected by `aes-128` always go there.',
    query: StreamQuery,
    answers: { 302: { description: 'The manifest, with the cookies that open what it refers to' } },
    problems: {
      ...refusalsOf('open'),
      ...refusalsOf('token'),
      'no-such-format': '409: There is no DASH of a film protected by `aes-128`, nor any that is rewritten.',
    },
    handler: ({ request, params, query, actor }, ports, ctx) =>
      forPlayers(() => stream(ports, ctx, { request, id: params.id, query, actor }), ctx),
  }),
  route({
    method: 'GET',
    path: '/v1/stream/hls/:file',
    tag: 'Playback',
    access: 'public',
    summary: 'Load a playlist whose URIs need neither cookies nor headers',
    description:
      'The URL comes from GET /v1/stream/:id and from other such playlists. Segments are signed one by one and never pass the API.',
    query: z.strictObject({ token: Token }),
    answers: { 200: { description: 'HLS', mediaType: PLAYLIST_TYPES.hls } },
    problems: {
      ...refusalsOf('token'),
      'quality-not-allowed': `${REFUSALS['quality-not-allowed'].status}: ${REFUSALS['quality-not-allowed'].detail}`,
    },
    handler: ({ request, params }, ports, ctx) =>
      forPlayers(() => playlist(ports, ctx, { request, file: params.file }), ctx),
  }),
]

const HEADERS = { 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' }

interface AskedStream {
  readonly request: HttpRequest
  readonly id: string | undefined
  readonly query: StreamQuery
  readonly actor: Actor | undefined
}

async function stream(
  uses: DecideNeeds & Uses<'cdn'>,
  ctx: Context,
  { request, id, query, actor }: AskedStream,
): Promise<HttpResponse> {
  const asker = askerOf(request, query, actor)
  const permit = await decide(uses, ctx, { door: 'stream', asker, videoId: id ?? '', request })
  const file = manifestOf(permit.video, query)
  if (file === 'rewritten') {
    return redirect(await rewrittenUrl(uses, permit, request.clientIp))
  }
  const { url, cookies } = await deliverFilm(uses, permit.video, { file, clientIp: request.clientIp })
  return redirect(url, cookies)
}

const redirect = (location: string, cookies: readonly string[] = []): HttpResponse => ({
  status: 302,
  headers: { ...HEADERS, location },
  cookies,
})

/** A token counts before the signing in: it is of one session, which goes on. */
function askerOf(request: HttpRequest, { device, player }: StreamQuery, actor: Actor | undefined): Asker {
  const token = playbackTokenOf(request)
  if (token !== undefined) return { by: 'token', token }
  if (device === undefined) return { by: 'actor', actor }
  const known: Device = { id: device, ...(player === undefined ? {} : { player }) }
  return { by: 'actor', actor, device: known }
}

/** The manifest's name in the film's folder, or that it is to be rewritten. */
function manifestOf({ protection, revision }: VideoRow, { format, rewrite }: StreamQuery): string {
  const isCmaf = protection === 'cenc' || protection === 'cbcs'
  const asked = format ?? (isCmaf && rewrite === undefined ? 'dash' : 'hls')
  if (asked === 'dash' && (rewrite === '1' || protection === 'aes-128')) throw noSuchFormat()
  if (asked === 'dash') return `manifest.${revision}.mpd`
  return rewrite === '1' || protection === 'aes-128' ? 'rewritten' : `master.${revision}.m3u8`
}

const noSuchFormat = () =>
  new Problem({
    status: 409,
    code: 'no-such-format',
    title: 'Not in this format',
    detail: 'There is no DASH of a film protected by aes-128, nor any that is rewritten. Ask for format=hls.',
  })

async function playlist(
  uses: DecideNeeds & RewriteNeeds,
  ctx: Context,
  { request, file }: { request: HttpRequest; file: string | undefined },
): Promise<HttpResponse> {
  const asked = readPlaylistFile(file)
  if (!asked) throw notFound('playlist')
  const asker = { by: 'token', token: playbackTokenOf(request) } as const
  const permit = await decide(uses, ctx, { door: 'playlist', asker, videoId: asked.videoId, request })
  const { video, labels, session } = permit
  const body = await rewrittenPlaylist(uses, {
    ...{ video, name: asked.name, labels, token: session.token },
    ...(uses.config.playbackBindsAddress ? { clientIp: request.clientIp } : {}),
  })
  if (body === undefined) throw notFound('playlist')
  return { status: 200, headers: { ...HEADERS, 'content-type': PLAYLIST_TYPES.hls }, body }
}
