import type { Protection } from '../../../core/protection/model.ts'
import type {
  Caption,
  Chapters,
  Playback,
  SignedPart,
  Upload,
  Video,
  VideoPage,
} from '../../../core/video/wire.ts'
import { thisDevice } from './device.ts'
import { json } from './json.ts'
import { authorized } from './session.ts'

const id = encodeURIComponent

/** The API's calls as the pages use them. Each throws `ApiProblem` or `Unreachable`. */
export const videos = {
  list: (query: { scope: 'mine' | 'public'; limit?: string; cursor?: string }, signal?: AbortSignal) =>
    json<VideoPage>({ method: 'GET', path: '/v1/videos', query, ...(signal && { signal }) }),
  get: (video: string, signal?: AbortSignal) =>
    json<Video>({ method: 'GET', path: `/v1/videos/${id(video)}`, ...(signal && { signal }) }),
  update: (video: string, change: Partial<Pick<Video, 'title' | 'description' | 'visibility'>>) =>
    json<Video>({ method: 'PATCH', path: `/v1/videos/${id(video)}`, json: change }),
  async remove(video: string): Promise<void> {
    await authorized({ method: 'DELETE', path: `/v1/videos/${id(video)}` })
  },
  playback: (video: string) =>
    json<Playback>({ method: 'GET', path: `/v1/videos/${id(video)}/playback`, query: { ...thisDevice() } }),
  events: (video: string, signal: AbortSignal) =>
    authorized({ method: 'GET', path: `/v1/videos/${id(video)}/events`, signal }),
  chapters: (video: string) => json<Chapters>({ method: 'GET', path: `/v1/videos/${id(video)}/chapters` }),
  setChapters: (video: string, chapters: Chapters) =>
    json<Chapters>({ method: 'PUT', path: `/v1/videos/${id(video)}/chapters`, json: chapters }),
  captions: (video: string) =>
    json<{ items: Caption[] }>({ method: 'GET', path: `/v1/videos/${id(video)}/captions` }),
  async addCaptions(
    video: string,
    file: { language: string; label: string; type: string; data: Blob },
  ): Promise<void> {
    const path = `/v1/videos/${id(video)}/captions/${id(file.language)}`
    await authorized({ method: 'PUT', path, query: { label: file.label }, file })
  },
  async removeCaptions(video: string, language: string): Promise<void> {
    await authorized({ method: 'DELETE', path: `/v1/videos/${id(video)}/captions/${id(language)}` })
  },
}

export const uploads = {
  start: (film: { name: string; size: number; type?: string; protection?: Protection }) =>
    json<Upload>({ method: 'POST', path: '/v1/uploads', json: film }),
  list: () => json<{ items: Upload[] }>({ method: 'GET', path: '/v1/uploads' }),
  get: (upload: string) => json<Upload>({ method: 'GET', path: `/v1/uploads/${id(upload)}` }),
  async sign(upload: string, numbers: readonly number[]): Promise<SignedPart[]> {
    const path = `/v1/uploads/${id(upload)}/parts`
    return (await json<{ parts: SignedPart[] }>({ method: 'POST', path, json: { numbers } })).parts
  },
  complete: (upload: string, parts: readonly { number: number; etag: string }[]) =>
    json<Upload>({ method: 'POST', path: `/v1/uploads/${id(upload)}/complete`, json: { parts } }),
  async abort(upload: string): Promise<void> {
    await authorized({ method: 'DELETE', path: `/v1/uploads/${id(upload)}` })
  },
}
