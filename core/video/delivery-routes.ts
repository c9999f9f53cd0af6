import * as z from 'zod/mini'
import { forbidden, notFound } from '../http/problem.ts'
import type { HttpResponse } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { PLAYLIST_TYPES, playlistKind, signPlaylist } from '../playback/signed-playlist.ts'
import { readPlaylist } from '../playback/stored-playlist.ts'
import type { Uses } from '../ports/ports.ts'
import { checkKey, KeyRefused } from '../ports/storage.ts'

/** Optional, so that a URL without its grant is refused and not explained. */
const DeliveryQuery = z.object({
  grant: z.optional(z.string().check(z.maxLength(200))),
  key: z.optional(z.string().check(z.maxLength(1000))),
})

/**
 * Playlists for edges that have no grant for a whole prefix (Front Door): whatever they refer to is signed on their way.
 * Where the edge has such grants nothing leads here, and the answer is 404.
 */
export const deliveryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/delivery',
    tag: 'Playback',
    access: 'public',
    summary: 'Load a playlist whose URIs are signed',
    description: 'The URL comes from other answers of this API and is good as long as they say.',
    query: DeliveryQuery,
    answers: { 200: { description: 'HLS, DASH or WebVTT', mediaType: 'application/vnd.apple.mpegurl' } },
    problems: { forbidden: '403: The grant is over, or is not for this file.' },
    handler: async ({ query, request }, ports) =>
      deliver(ports, { grant: query.grant ?? '', key: query.key ?? '', clientIp: request.clientIp }),
  }),
]

type Needs = Uses<'cdn' | 'storage' | 'clock'>

interface Asked {
  readonly grant: string
  readonly key: string
  readonly clientIp: string
}

async function deliver(uses: Needs, { grant, key, clientIp }: Asked): Promise<HttpResponse> {
  const kind = playlistKind(key)
  // A port that is loaded late answers any name with a method: one without `open` is none.
  const { playlists } = uses.cdn
  if (!playlists?.open) throw notFound('playlist')
  const opened = isKey(key) ? await playlists.open(grant, key, clientIp) : undefined
  const left = opened ? opened.expiresAt.getTime() - uses.clock.now().getTime() : 0
  if (!opened || left <= 0 || !kind) throw forbidden('The grant is over, or is not for this file.')
  const text = await readPlaylist(uses, key)
  if (text === undefined) throw notFound('playlist')
  const { prefix, expiresAt, ...binding } = opened
  const sign = async (file: string) => (await uses.cdn.sign(prefix, file, expiresAt, binding)).url
  return {
    status: 200,
    headers: { ...OPEN, 'content-type': PLAYLIST_TYPES[kind], 'cache-control': cacheFor(left) },
    body: await signPlaylist(text, kind, { key, prefix, sign }),
  }
}

/** A grant is for whatever begins as its prefix does, also for what the store would throw at. */
function isKey(key: string): boolean {
  try {
    return checkKey(key) === key
  } catch (error) {
    if (error instanceof KeyRefused) return false
    throw error
  }
}

/** Players of other sites read it: the grant is in the URL, and no cookie counts. */
const OPEN = { 'access-control-allow-origin': '*' }

/** The URIs in it end together with the grant. */
const cacheFor = (leftMs: number): string => `private, max-age=${Math.floor(leftMs / 1000)}`
