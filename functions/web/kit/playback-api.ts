import type {
  Audience,
  AudienceSession,
  PlaybackDevices,
  PlaybackRules,
  PlaybackRulesChange,
  ViewingLimits,
  WatchingSession,
  WatchingSessions,
} from '../../../core/playback/wire.ts'
import type { Protection } from '../../../core/protection/model.ts'
import { json } from './json.ts'
import { authorized } from './session.ts'

const id = encodeURIComponent
const get = <T>(path: string) => json<T>({ method: 'GET', path })
const put = <T>(path: string, body: unknown) => json<T>({ method: 'PUT', path, json: body })
const remove = async (path: string): Promise<void> => {
  await authorized({ method: 'DELETE', path })
}

/** What plays of one's own, and on which devices. Each throws `ApiProblem` or `Unreachable`. */
export const playbackSessions = {
  async list(): Promise<WatchingSession[]> {
    return (await get<WatchingSessions>('/v1/playback/sessions')).items
  },
  end: (session: string) => remove(`/v1/playback/sessions/${id(session)}`),
}
export const devices = {
  list: () => get<PlaybackDevices>('/v1/playback/devices'),
  remove: (device: string) => remove(`/v1/playback/devices/${id(device)}`),
}
export const viewingLimits = {
  get: () => get<ViewingLimits>('/v1/me/viewing-limits'),
  set: (limits: ViewingLimits) => put<ViewingLimits>('/v1/me/viewing-limits', limits),
}

/** What an owner decides about who may play a film. */
export const ofFilm = {
  rules: (video: string) => get<PlaybackRules>(`/v1/videos/${id(video)}/playback-rules`),
  setRules: (video: string, rules: PlaybackRulesChange) =>
    put<PlaybackRules>(`/v1/videos/${id(video)}/playback-rules`, rules),
  async watching(video: string): Promise<AudienceSession[]> {
    return (await get<Audience>(`/v1/videos/${id(video)}/playback-sessions`)).items
  },
  endAll: (video: string) => remove(`/v1/videos/${id(video)}/playback-sessions`),
  async protect(video: string, want: { protection: Protection; newKeys?: boolean }): Promise<void> {
    await authorized({ method: 'PUT', path: `/v1/videos/${id(video)}/protection`, json: want })
  },
}
