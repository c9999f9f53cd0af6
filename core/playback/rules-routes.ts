import { ok } from '../http/response.ts'
import { type Route, route } from '../http/route.ts'
import { videoFor } from '../video/find.ts'
import { limitsOf, setLimits } from './limits.ts'
import { replaceRules, rulesOf } from './rules.ts'
import { PlaybackRules, PlaybackRulesChange, ViewingLimits } from './wire.ts'

const tag = 'Playback'
const NO_STORE = { 'cache-control': 'private, no-store' }

export const rulesRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/videos/:id/playback-rules',
    tag,
    access: 'user',
    summary: 'Look at the rules by which your film plays',
    answers: { 200: { description: 'The rules', schema: PlaybackRules } },
    handler: async ({ params, actor }, ports) => {
      const { id } = await videoFor(ports, actor, 'video:update', params.id)
      return ok(await rulesOf(ports, id), NO_STORE)
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/videos/:id/playback-rules',
    tag,
    access: 'user',
    summary: 'Replace the rules by which your film plays, take it down or put it back',
    description:
      'What is left out is no rule: an empty object lets everything through that visibility and plan do. `takenDown` blocks the film for everybody, you too, and stops what plays with its next heartbeat or licence; `takenDownFor` is your note why. `countries` go by the client’s address; where its country is not known, a film with countries is refused.',
    body: PlaybackRulesChange,
    answers: { 200: { description: 'The rules as they are now', schema: PlaybackRules } },
    handler: async ({ params, body, actor }, ports) => {
      const { id } = await videoFor(ports, actor, 'video:update', params.id)
      return ok(await replaceRules(ports, id, body), NO_STORE)
    },
  }),
]

/** Apart from the rules: a gateway gives all paths below `/v1/me` to one function. */
export const limitsRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/me/viewing-limits',
    tag,
    access: 'user',
    summary: 'Look at what your account may be shown',
    answers: { 200: { description: 'The limits', schema: ViewingLimits } },
    handler: async ({ actor }, ports) => ok(await limitsOf(ports, actor.userId), NO_STORE),
  }),
  route({
    method: 'PUT',
    path: '/v1/me/viewing-limits',
    tag,
    access: 'user',
    summary: 'Set what your account may be shown',
    description: '`age` in years. Without it, films that are not for every age are refused.',
    body: ViewingLimits,
    answers: { 200: { description: 'The limits', schema: ViewingLimits } },
    handler: async ({ body, actor }, ports) => ok(await setLimits(ports, actor.userId, body), NO_STORE),
  }),
]
