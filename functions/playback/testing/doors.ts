import { openPlaybackDesk, type PlaybackDesk } from '../../../adapters/local/testing/playback-desk.ts'
import {
  openPlayReadyServer,
  type PlayReadyServer,
  playReadyChallenge,
} from '../../../adapters/local/testing/playready-server.ts'
import {
  challengeOf,
  openWidevineServer,
  type WidevineServer,
} from '../../../adapters/local/testing/widevine-server.ts'
import { ownAsk } from '../../../core/drm/vendors/testing/callback-asks.ts'
import { SECRETS } from '../../../core/drm/vendors/testing/entitled.ts'
import type { HttpRequest } from '../../../core/http/request.ts'
import type { HttpResponse } from '../../../core/http/response.ts'
import { createRouter } from '../../../core/http/router.ts'
import { aRequest } from '../../../core/http/testing/request.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import type { Protection } from '../../../core/protection/model.ts'
import type { SessionId, UserId } from '../../../core/run/id.ts'
import { filmPrefix } from '../../../core/video/model.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import drmCallback from '../../drm/callback.ts'
import drmLicense from '../../drm/license.ts'
import videoApi from '../../video/api.ts'
import playbackApi from '../api.ts'

/** A way to the film or its keys, as it is on the network. */
export type DoorName =
  | 'playback'
  | 'vendor-token'
  | 'stream'
  | 'playlist'
  | 'heartbeat'
  | 'key'
  | 'clearkey'
  | 'widevine'
  | 'playready'
  | 'callback'
export const DOOR_NAMES: readonly DoorName[] = [
  ...(['playback', 'vendor-token', 'stream', 'playlist', 'heartbeat'] as const),
  ...(['key', 'clearkey', 'widevine', 'playready', 'callback'] as const),
]

/** Somebody who watches a film, and what they ask with. */
export interface Watching {
  readonly film: VideoRow
  readonly userId: UserId | undefined
  readonly sessionId: string
  readonly token: string | undefined
  readonly keyIds: readonly string[]
  readonly persist: boolean
  readonly ip: string
  readonly device: string
  /** Of a callback: what it is sent with. */
  readonly nonce: string
  readonly signedWith: string
}

export interface Doors extends AsyncDisposable {
  readonly desk: PlaybackDesk
  readonly widevine: WidevineServer
  readonly playready: PlayReadyServer
  /** Sends the request of this door; `ports` in the place of single ones. */
  knock(door: DoorName, it: Watching, ports?: Partial<Ports>): Promise<HttpResponse>
  /** Somebody whose plan has what the film is for, watching a film that this door is for. */
  watching(door: DoorName): Promise<Watching>
}

export async function openDoors(): Promise<Doors> {
  const stack = new AsyncDisposableStack()
  const desk = stack.use(await openPlaybackDesk({ playbackDevices: 2 }))
  const [widevine, playready] = [
    stack.use(await openWidevineServer()),
    stack.use(await openPlayReadyServer()),
  ]
  const own: Record<string, string> = {
    widevine: widevine.secret,
    playready: playready.secrets.entitlement,
    'drm-vendors': JSON.stringify(SECRETS),
  }
  const secrets: Ports['secrets'] = { get: async (name) => own[name] ?? desk.ports.secrets.get(name) }
  const routes = [...playbackApi.routes, ...videoApi.routes, ...drmLicense.routes, ...drmCallback.routes]
  const router = createRouter(routes, async ({ headers: { authorization } }) =>
    authorization === undefined
      ? undefined
      : { userId: authorization as UserId, sessionId: `ses_${'1'.repeat(32)}` as SessionId },
  )
  const knock = (door: DoorName, it: Watching, ports: Partial<Ports> = {}) => {
    const drmBy = door === 'vendor-token' ? 'axinom' : 'own'
    const all = { ...desk.ports, secrets, ...ports, config: { ...desk.ports.config, drmBy } } as const
    const { method, path, ...more } = REQUESTS[door](it, desk)
    const [address = '', query = ''] = path.split('?')
    const carried = door === 'playback' || door === 'vendor-token' ? identified(it) : carrying(it)
    const headers = { ...carried, ...more.headers }
    const request = { query: new URLSearchParams(query), ...more, headers, clientIp: it.ip }
    return router.handle(aRequest(method, address, request), all, desk.ctx)
  }
  return {
    ...{ desk, widevine, playready, knock },
    watching: (door) => watching(desk, door),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const identified = ({ userId }: Watching): Record<string, string> =>
  userId === undefined ? {} : { authorization: userId }
const carrying = ({ token }: Watching): Record<string, string> =>
  token === undefined ? {} : { 'x-skyreel-playback': token }

async function watching(desk: PlaybackDesk, door: DoorName): Promise<Watching> {
  const protection: Protection = door === 'key' ? 'aes-128' : 'cenc'
  const [film, userId] = [
    await desk.aFilm({ protection }),
    await desk.aSubscriber(['premium-titles', 'two-screens']),
  ]
  const { id, generation, edition } = film
  if (door === 'playlist') await storeMaster(desk, `${filmPrefix(id, generation, edition)}master.1.m3u8`)
  const { session } = await desk.open(film, userId, { id: 'living-room', player: 'player-one' })
  return {
    ...{ film, userId, sessionId: session.id, token: session.token },
    ...{ keyIds: [await desk.keyOf(film, 'SD')], persist: false, ip: '192.0.2.1', device: 'living-room' },
    ...{ nonce: `nonce-${desk.ports.ids.secret(12)}`, signedWith: SECRETS.skyreel.secrets[0] },
  }
}

const storeMaster = (desk: PlaybackDesk, key: string) =>
  desk.ports.storage.put('media', key, new TextEncoder().encode(MASTER), { contentType: 'text/plain' })
const MASTER = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=500000,RESOLUTION=640x360
360p/index.1.m3u8
`

type Sent = Partial<Pick<HttpRequest, 'headers' | 'body'>> & {
  readonly method: string
  readonly path: string
}
const query = ({ persist }: Watching) => (persist ? '?persist=true' : '')

const REQUESTS: { readonly [D in DoorName]: (it: Watching, desk: PlaybackDesk) => Sent } = {
  playback: opening,
  'vendor-token': opening,
  stream: ({ film }) => ({ method: 'GET', path: `/v1/stream/${film.id}` }),
  playlist: ({ film }) => ({ method: 'GET', path: `/v1/stream/hls/${film.id}~master.m3u8` }),
  heartbeat: ({ sessionId }) => ({ method: 'POST', path: `/v1/playback/sessions/${sessionId}/heartbeat` }),
  key: ({ keyIds }) => ({ method: 'GET', path: `/v1/license/key/${keyIds[0]}` }),
  clearkey: ({ keyIds, persist }) => {
    const kids = keyIds.map((id) => Buffer.from(id, 'hex').toString('base64url'))
    const body = Buffer.from(JSON.stringify({ kids, type: persist ? 'persistent-license' : 'temporary' }))
    return { method: 'POST', path: '/v1/license/clearkey', body }
  },
  widevine: (it) => ({ method: 'POST', path: `/v1/license/widevine${query(it)}`, body: challengeOf('L3') }),
  playready: (it) => ({
    ...{ method: 'POST', path: `/v1/license/playready${query(it)}` },
    body: Buffer.from(playReadyChallenge(...it.keyIds)),
  }),
  callback: ({ sessionId: session, keyIds: kids, persist, nonce, signedWith: key }, desk) => {
    const more = persist ? { persist } : {}
    const asked = ownAsk({ session, kids, at: desk.clock.now(), nonce, key, more })
    return { method: 'POST', path: '/v1/drm/callbacks/skyreel', ...asked }
  },
}

function opening({ film, device }: Watching): Sent {
  return { method: 'GET', path: `/v1/videos/${film.id}/playback?device=${device}&player=player-one` }
}
