import { and, eq } from 'drizzle-orm'
import { notFound } from '../http/problem.ts'
import { noContent, ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { videoFor } from '../video/find.ts'
import { PlaybackSession } from '../video/wire.ts'
import { decide } from './decide.ts'
import { devicesOf, isDeviceId, removeDevice } from './devices.ts'
import { endSession } from './end-session.ts'
import { refusalsOf } from './refusal-list.ts'
import { playbackSessions } from './schema.ts'
import { audienceOf, watchingOf } from './session-list.ts'
import { endSessions, isLive } from './sessions.ts'
import { showSession } from './show-session.ts'
import { namesSession, playbackTokenOf } from './token.ts'
import { Audience, Ended, PlaybackDevices, SessionListQuery, WatchingSessions } from './wire.ts'

const tag = 'Playback'
const NO_STORE = { 'cache-control': 'private, no-store' }

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/playback/sessions/:id/heartbeat',
    tag,
    access: 'public',
    summary: 'Tell that a playback goes on, and get its next token',
    description:
      'With the playback token as `x-skyreel-playback`, every `heartbeatSeconds`. All is decided anew: a refusal ends the watching. The token before stays good for a moment; an older one ends the session, for two hold its tokens.',
    answers: { 200: { description: 'The session with its next token', schema: PlaybackSession } },
    problems: refusalsOf('token'),
    handler: async ({ request, params }, ports, ctx) => {
      const sent = playbackTokenOf(request)
      const token = sent !== undefined && namesSession(sent, params.id) ? sent : undefined
      const permit = await decide(ports, ctx, { door: 'heartbeat', asker: { by: 'token', token }, request })
      return ok(showSession(ports, permit.session), NO_STORE)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/playback/sessions/:id',
    tag,
    access: 'optional',
    summary: 'End a playback',
    description:
      'By its player with the playback token, or by its viewer from anywhere. Its place is free at once.',
    answers: { 204: { description: 'Over, also when it was before' } },
    problems: { ...refusalsOf('token'), 'not-found': '404: You have no such playback.' },
    handler: async ({ request, params, actor }, ports) => {
      await endSession(ports, { id: params.id, token: playbackTokenOf(request), actor })
      return noContent()
    },
  }),
  route({
    method: 'GET',
    path: '/v1/playback/sessions',
    tag,
    access: 'user',
    summary: 'List where you are watching now',
    query: SessionListQuery,
    answers: { 200: { description: 'The last opened first', schema: WatchingSessions } },
    handler: async ({ query, actor }, ports) => ok(await watchingOf(ports, actor.userId, query), NO_STORE),
  }),
  route({
    method: 'GET',
    path: '/v1/playback/devices',
    tag,
    access: 'user',
    summary: 'List the devices that you have used within 30 days',
    answers: { 200: { description: 'The last used first', schema: PlaybackDevices } },
    handler: async ({ actor }, ports) => {
      const rows = await devicesOf(ports.db, ports, actor.userId)
      const items = rows.map(({ deviceId: id, name, firstAt, lastAt }) => ({
        ...{ id, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() },
        ...(name === null ? {} : { name }),
      }))
      return ok({ items, most: ports.config.playbackDevices }, NO_STORE)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/playback/devices/:id',
    tag,
    access: 'user',
    summary: 'Remove a device; what plays on it ends',
    answers: { 204: { description: 'Removed' } },
    problems: { 'not-found': '404: You have no such device.' },
    handler: async ({ params, actor }, ports) => {
      const { id = '' } = params
      const removed = isDeviceId(id) && (await removeDevice(ports, actor.userId, id))
      if (!removed) throw notFound('device')
      return noContent()
    },
  }),
]

/** Apart from the others: a gateway gives all paths below `/v1/videos` to one function. */
export const audienceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/videos/:id/playback-sessions',
    tag,
    access: 'user',
    summary: 'List who watches your film now',
    description: 'Without names and addresses of the viewers.',
    query: SessionListQuery,
    answers: { 200: { description: 'The last opened first', schema: Audience } },
    handler: async ({ params, query, actor }, ports) => {
      const { id } = await videoFor(ports, actor, 'video:update', params.id)
      return ok(await audienceOf(ports, id, query), NO_STORE)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/videos/:id/playback-sessions',
    tag,
    access: 'user',
    summary: 'End every playback of your film',
    description: 'Players stop with their next heartbeat or licence. Whoever may watch can begin again.',
    answers: { 200: { description: 'How many were ended', schema: Ended } },
    handler: async ({ params, actor }, ports) => {
      const { id } = await videoFor(ports, actor, 'video:update', params.id)
      const watching = and(eq(playbackSessions.videoId, id), isLive(ports))
      return ok({ ended: await endSessions(ports, watching, 'revoked') }, NO_STORE)
    },
  }),
]
