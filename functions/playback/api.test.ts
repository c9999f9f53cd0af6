import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlaybackDesk, type PlaybackDesk } from '../../adapters/local/testing/playback-desk.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import { createRouter } from '../../core/http/router.ts'
import { aRequest, jsonOf } from '../../core/http/testing/request.ts'
import type {
  Audience,
  PlaybackDevices,
  PlaybackRules,
  ViewingLimits,
  WatchingSessions,
} from '../../core/playback/wire.ts'
import type { SessionId, UserId } from '../../core/run/id.ts'
import type { Playback } from '../../core/video/wire.ts'
import identityApi from '../identity/api.ts'
import videoApi from '../video/api.ts'
import playbackApi from './api.ts'

let at: PlaybackDesk
beforeAll(async () => {
  at = await openPlaybackDesk()
})
afterAll(() => at[Symbol.asyncDispose]())

const router = createRouter(
  [...playbackApi.routes, ...videoApi.routes, ...identityApi.routes],
  async ({ headers: { authorization } }) =>
    authorization === undefined
      ? undefined
      : { userId: authorization as UserId, sessionId: `ses_${'1'.repeat(32)}` as SessionId },
)
interface Sent {
  readonly by?: UserId
  readonly token?: string
  readonly json?: unknown
}
function call(method: string, path: string, { by, token, json }: Sent = {}): Promise<HttpResponse> {
  const [address = '', query = ''] = path.split('?')
  const headers = {
    ...(by === undefined ? {} : { authorization: by }),
    ...(token === undefined ? {} : { 'x-skyreel-playback': token }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const request = { query: new URLSearchParams(query), headers, ...(json === undefined ? {} : { json }) }
  return router.handle(aRequest(method, address, request), at.ports, at.ctx)
}
async function refusal(asked: Promise<HttpResponse>): Promise<string> {
  const answer = await asked
  if (answer.status < 400) return String(answer.status)
  const { code, errors = [] } = jsonOf(answer) as { code: string; errors?: { field: string }[] }
  return [answer.status, code, ...errors.map(({ field }) => field)].join(' ')
}
const get = async <T>(path: string, by: UserId): Promise<T> => jsonOf(await call('GET', path, { by })) as T
const play = async (videoId: string, by?: UserId, device = 'living-room') => {
  const who = by === undefined ? {} : { by }
  return jsonOf(
    await call('GET', `/v1/videos/${videoId}/playback?device=${device}&deviceName=TV`, who),
  ) as Playback
}

describe('GET /v1/videos/:id/playback', () => {
  it('of a clear film leads to HLS and DASH, and to no licences', async () => {
    const film = await at.aFilm({ visibility: 'public', protection: 'clear' })
    const { manifestUrl, hlsUrl, dashUrl, licenses } = await play(film.id)
    expect([manifestUrl === hlsUrl, dashUrl?.endsWith('/manifest.1.mpd'), licenses]).toEqual([true, true, {}])
  })
  it.each(['cenc', 'cbcs'] as const)(
    'of a film in %s leads to DASH and to Clear Key with its token',
    async (protection) => {
      const { manifestUrl, dashUrl, licenses, session } = await play(
        (await at.aFilm({ visibility: 'public', protection })).id,
      )
      const url = 'http://localhost:8080/v1/license/clearkey'
      const headers = { 'x-skyreel-playback': session.token }
      expect([manifestUrl === dashUrl, licenses]).toEqual([true, { clearkey: { url, headers } }])
    },
  )
  it('of a film in aes-128 leads to the rewritten playlist alone', async () => {
    const film = await at.aFilm({ visibility: 'public', protection: 'aes-128' })
    const playback = await play(film.id)
    expect([playback.manifestUrl.split('?')[0], playback.dashUrl, playback.licenses]).toEqual([
      `http://localhost:8080/v1/stream/hls/${film.id}~master.m3u8`,
      undefined,
      {},
    ])
  })
  it('of a protected film signs nothing but its present encryption', async () => {
    const { id } = await at.aFilm({ visibility: 'public', edition: 3 })
    const signed: string[] = []
    const cdn = {
      sign: async (prefix: string, file: string) => {
        signed.push(prefix)
        return { url: prefix + file, cookies: [] }
      },
    }
    const request = aRequest('GET', `/v1/videos/${id}/playback`)
    await router.handle(request, { ...at.ports, cdn }, at.ctx)
    expect(new Set(signed)).toEqual(new Set([`videos/${id}/g1e3/`]))
  })
  it('names the session’s device', async () => {
    const viewer = await at.aSubscriber()
    const { session } = await play((await at.aFilm()).id, viewer)
    expect(await at.sessionOf(session.id)).toMatchObject({
      deviceId: 'living-room',
      deviceName: 'TV',
      userId: viewer,
    })
  })
  it.each([
    'device=short',
    `device=${'a'.repeat(65)}`,
    'device=a%20device',
    'player=x',
    'deviceName=',
    'what=else',
  ])('is 422 for ?%s', async (query) => {
    const { id } = await at.aFilm({ visibility: 'public' })
    expect((await call('GET', `/v1/videos/${id}/playback?${query}`)).status).toBe(422)
  })
  it.each(['vid_1', `vid_${'0'.repeat(32)}`, 'vid_\u0000', '..'])('is 404 for the id %j', async (id) => {
    expect((await call('GET', `/v1/videos/${id}/playback`)).status).toBe(404)
  })
})

describe('a playback session', () => {
  const opened = async () => {
    const viewer = await at.aSubscriber(['premium-titles', 'two-screens'])
    const film = await at.aFilm()
    return { viewer, film, ...(await play(film.id, viewer)).session }
  }
  it('goes on with a heartbeat, which brings the next token', async () => {
    const { id, token } = await opened()
    const answer = await call('POST', `/v1/playback/sessions/${id}/heartbeat`, { token })
    const next = jsonOf(answer) as Playback['session']
    expect([answer.status, next.id, next.token === token, next.heartbeatSeconds]).toEqual([
      200,
      id,
      false,
      20,
    ])
  })
  it('is not beaten with the token of another', async () => {
    const [one, other] = [await opened(), await opened()]
    const asked = call('POST', `/v1/playback/sessions/${one.id}/heartbeat`, { token: other.token })
    expect(await refusal(asked)).toBe('401 playback-token-invalid')
  })
  it.each(['not a token', 'a.b.c', ''])('is not beaten with %j', async (token) => {
    const { id } = await opened()
    const asked = call('POST', `/v1/playback/sessions/${id}/heartbeat`, { token })
    expect(await refusal(asked)).toBe('401 playback-token-invalid')
  })
  it('is over once its player closes it', async () => {
    const { id, token } = await opened()
    const closed = (await call('DELETE', `/v1/playback/sessions/${id}`, { token })).status
    const asked = call('POST', `/v1/playback/sessions/${id}/heartbeat`, { token })
    expect([closed, await refusal(asked), (await at.sessionOf(id))?.endedBy]).toEqual([
      204,
      '403 playback-ended',
      'closed',
    ])
  })
  it('is over once its viewer ends it from elsewhere', async () => {
    const { id, viewer } = await opened()
    const ended = (await call('DELETE', `/v1/playback/sessions/${id}`, { by: viewer })).status
    expect([ended, (await at.sessionOf(id))?.endedBy]).toEqual([204, 'revoked'])
  })
  it.each([
    ['nobody in particular', '401 unauthorized', async () => ({})],
    ['somebody else', '404 not-found', async () => ({ by: await at.aViewer() })],
    ['its film’s owner', '404 not-found', async () => ({ by: at.owner })],
  ])('is not ended by %s', async (_, result, who) => {
    const { id } = await opened()
    expect(await refusal(call('DELETE', `/v1/playback/sessions/${id}`, await who()))).toBe(result)
  })
  it('that is none is not found', async () => {
    const by = await at.aViewer()
    expect(await refusal(call('DELETE', '/v1/playback/sessions/pbs_1', { by }))).toBe('404 not-found')
  })
})

describe('lists of sessions', () => {
  it('show a viewer what they watch, page by page', async () => {
    const [viewer, film] = [
      await at.aSubscriber(['premium-titles', 'four-screens']),
      await at.aFilm({ title: 'A film' }),
    ]
    for (const device of ['device-one', 'device-two', 'device-three']) await play(film.id, viewer, device)
    const first = await get<WatchingSessions>('/v1/playback/sessions?limit=2', viewer)
    const next = await get<WatchingSessions>(
      `/v1/playback/sessions?limit=2&cursor=${first.nextCursor}`,
      viewer,
    )
    const devices = [...first.items, ...next.items].map(({ deviceId, title }) => [deviceId, title])
    expect([devices, next.nextCursor]).toEqual([
      [
        ['device-three', 'A film'],
        ['device-two', 'A film'],
        ['device-one', 'A film'],
      ],
      undefined,
    ])
  })
  it('leave out what is over', async () => {
    const [viewer, film] = [await at.aSubscriber(), await at.aFilm()]
    await play(film.id, viewer)
    at.clock.advance(60_000)
    expect((await get<WatchingSessions>('/v1/playback/sessions', viewer)).items).toEqual([])
  })
  it('show an owner their audience without who it is', async () => {
    const [viewer, film] = [await at.aSubscriber(), await at.aFilm()]
    const { session } = await play(film.id, viewer)
    const { items } = await get<Audience>(`/v1/videos/${film.id}/playback-sessions`, at.owner)
    const times = { startedAt: at.clock.now().toISOString(), heartbeatAt: at.clock.now().toISOString() }
    expect(items).toEqual([{ id: session.id, deviceName: 'TV', signedIn: true, ...times }])
  })
  it('of a film are its owner’s alone', async () => {
    const film = await at.aFilm()
    const by = await at.aSubscriber()
    const asked = (['GET', 'DELETE'] as const).map((method) =>
      refusal(call(method, `/v1/videos/${film.id}/playback-sessions`, { by })),
    )
    expect(await Promise.all(asked)).toEqual(['403 forbidden', '403 forbidden'])
  })
  it('are ended all at once by the owner', async () => {
    const [viewer, film] = [await at.aSubscriber(), await at.aFilm()]
    const { session } = await play(film.id, viewer)
    const answer = await call('DELETE', `/v1/videos/${film.id}/playback-sessions`, { by: at.owner })
    const beat = call('POST', `/v1/playback/sessions/${session.id}/heartbeat`, { token: session.token })
    expect([jsonOf(answer), await refusal(beat)]).toEqual([{ ended: 1 }, '403 playback-ended'])
  })
  it('are not ended that were over before', async () => {
    const film = await at.aFilm({ visibility: 'public' })
    await play(film.id)
    at.clock.advance(60_000)
    const answer = await call('DELETE', `/v1/videos/${film.id}/playback-sessions`, { by: at.owner })
    expect(jsonOf(answer)).toEqual({ ended: 0 })
  })
  it('do not take the cursor of another list', async () => {
    const by = await at.aViewer()
    const cursor = btoa(`audience:pbs_${'0'.repeat(32)}`).replaceAll('=', '')
    const asked = call('GET', `/v1/playback/sessions?cursor=${cursor}`, { by })
    expect(await refusal(asked)).toBe('422 invalid-input query.cursor')
  })
})

describe('devices', () => {
  it('are listed, and removed', async () => {
    const [viewer, film] = [await at.aSubscriber(), await at.aFilm()]
    await play(film.id, viewer)
    const before = await get<PlaybackDevices>('/v1/playback/devices', viewer)
    const removed = (await call('DELETE', '/v1/playback/devices/living-room', { by: viewer })).status
    const after = await get<PlaybackDevices>('/v1/playback/devices', viewer)
    expect([before.items.map(({ id, name }) => [id, name]), removed, after]).toEqual([
      [['living-room', 'TV']],
      204,
      { items: [], most: 10 },
    ])
  })
  it('that are none are not found', async () => {
    const by = await at.aViewer()
    expect(await refusal(call('DELETE', '/v1/playback/devices/\u0000', { by }))).toBe('404 not-found')
  })
})

describe('the rules of a film', () => {
  const path = (id: string) => `/v1/videos/${id}/playback-rules`
  const put = (id: string, json: unknown, by = at.owner) => call('PUT', path(id), { by, json })
  const none = { refuseAnonymous: false, allowOffline: false, hardwareForHd: false, takenDown: false }

  it('are none until there are some', async () => {
    expect(await get<PlaybackRules>(path((await at.aFilm()).id), at.owner)).toEqual(none)
  })
  it('are as they were put', async () => {
    const { id } = await at.aFilm()
    const rules = {
      ...{
        startsAt: '2026-01-01T00:00:00.000Z',
        endsAt: '2027-01-01T00:00:00.000Z',
        countries: ['DE', 'AT'],
      },
      ...{ notCountries: ['FR'], refuseAnonymous: true, minAge: 16, allowOffline: true, hardwareForHd: true },
      takenDown: false,
    }
    await put(id, rules)
    expect(await get<PlaybackRules>(path(id), at.owner)).toEqual(rules)
  })
  it('that are left out are gone', async () => {
    const { id } = await at.aFilm()
    await put(id, { minAge: 18, countries: ['DE'] })
    await put(id, {})
    expect(await get<PlaybackRules>(path(id), at.owner)).toEqual(none)
  })
  it('keep the moment of a takedown, and stop at once what plays', async () => {
    const film = await at.aFilm({ visibility: 'public' })
    const { session } = await play(film.id)
    const since = at.clock.now().toISOString()
    await put(film.id, { takenDown: true, takenDownFor: 'A court said so.' })
    const beat = await refusal(
      call('POST', `/v1/playback/sessions/${session.id}/heartbeat`, { token: session.token }),
    )
    at.clock.advance(1000)
    const { takenDownAt, takenDownFor } = jsonOf(
      await put(film.id, { takenDown: true, takenDownFor: 'A court said so.', minAge: 6 }),
    ) as PlaybackRules
    expect([beat, takenDownAt, takenDownFor]).toEqual(['451 taken-down', since, 'A court said so.'])
  })
  it('let a film play again that was put back', async () => {
    const film = await at.aFilm({ visibility: 'public' })
    const { session } = await play(film.id)
    const beat = () =>
      refusal(call('POST', `/v1/playback/sessions/${session.id}/heartbeat`, { token: session.token }))
    await put(film.id, { takenDown: true })
    const down = await beat()
    await put(film.id, {})
    expect([down, await beat()]).toEqual(['451 taken-down', '200'])
  })
  it.each([
    [{ startsAt: '2026-01-02T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }, 'body.endsAt'],
    [{ endsAt: 'tomorrow' }, 'body.endsAt'],
    [{ startsAt: '0000-01-01T00:00:00Z' }, 'body.startsAt'],
    [{ startsAt: '0001-01-01T00:00:00+14:00' }, 'body.startsAt'],
    [{ endsAt: '9999-12-31T23:59:59-14:00' }, 'body.endsAt'],
    [{ countries: ['QQ'] }, 'body.countries.0'],
    [{ countries: [] }, 'body.countries'],
    [{ countries: ['DE'], notCountries: ['DE'] }, 'body.notCountries'],
    [{ minAge: 0 }, 'body.minAge'],
    [{ minAge: 16.5 }, 'body.minAge'],
    [{ takenDownFor: 'why' }, 'body.takenDownFor'],
    [{ takenDown: true, takenDownFor: 'a\u0000b' }, 'body.takenDownFor'],
    [{ what: 1 }, 'body'],
  ])('are not %j', async (json, field) => {
    expect(await refusal(put((await at.aFilm()).id, json))).toBe(`422 invalid-input ${field}`)
  })
  it.each([
    ['somebody else', '403 forbidden', async () => at.aViewer()],
    ['nobody in particular', '401 unauthorized', async () => undefined],
  ])('are not put by %s', async (_, result, who) => {
    const by = (await who()) as UserId | undefined
    const sent = by === undefined ? { json: {} } : { json: {}, by }
    expect(await refusal(call('PUT', path((await at.aFilm()).id), sent))).toBe(result)
  })
})

describe('the limits of an account', () => {
  const path = '/v1/me/viewing-limits'
  it('are none until there are some', async () => {
    expect(await get<ViewingLimits>(path, await at.aViewer())).toEqual({})
  })
  it('are as they were put, and gone when they are left out', async () => {
    const by = await at.aViewer()
    await call('PUT', path, { by, json: { age: 12 } })
    const before = await get<ViewingLimits>(path, by)
    await call('PUT', path, { by, json: {} })
    expect([before, await get<ViewingLimits>(path, by)]).toEqual([{ age: 12 }, {}])
  })
  it.each([{ age: -1 }, { age: 121 }, { age: '12' }, { ages: 12 }])('are not %j', async (json) => {
    expect((await call('PUT', path, { by: await at.aViewer(), json })).status).toBe(422)
  })
})
