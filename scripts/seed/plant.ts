import type { Video, VideoPage } from '../../core/video/wire.ts'
import type { Api } from '../demo/api.ts'
import { uploadFilm } from '../demo/upload.ts'
import { type SeedFilm, webVtt } from './films.ts'

/** The caller's own videos by title. */
export async function ownVideos(api: Api): Promise<ReadonlyMap<string, Video>> {
  const found = new Map<string, Video>()
  let next = ''
  do {
    const page = await api.call<VideoPage>('GET', `/v1/videos?scope=mine&limit=100${next}`)
    for (const video of page.items) found.set(video.title, video)
    next = page.nextCursor === undefined ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`
  } while (next !== '')
  return found
}

/**
 * Whether a video stands for its film: the upload comes last, so one that still waits for it was left half-made. One
 * that failed is whole only where failing is what it shows.
 */
export function isWhole(film: SeedFilm, video: Video): boolean {
  if (video.status === 'uploading') return false
  return video.status !== 'failed' || !film.sources
}

/** Makes the video with all that belongs to it and uploads its film. Answers the video's id. */
export async function plantFilm(
  api: Api,
  film: SeedFilm,
  { path, sent }: { path: string; sent: (fraction: number) => void },
): Promise<string> {
  const { title, description, visibility } = film
  const { id } = await api.call<Video>('POST', '/v1/videos', { title, description, visibility })
  if (film.chapters.length > 0) await api.call('PUT', `/v1/videos/${id}/chapters`, { items: film.chapters })
  for (const { language, label, cues } of film.captions) {
    const file = new Blob([webVtt(cues)], { type: 'text/vtt' })
    await api.call('PUT', `/v1/videos/${id}/captions/${language}?label=${encodeURIComponent(label)}`, file)
  }
  await uploadFilm(api, path, { videoId: id, sent: (bytes, of) => sent(bytes / of) })
  return id
}

/** Titles of videos without a film: what a long list is made of. */
export const plannedTitles = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `Planned film ${String(at + 1).padStart(3, '0')}`)

/** Adds a video without a film. */
export async function plantPlanned(api: Api, title: string): Promise<void> {
  const description = 'Its film is still to be shot.'
  await api.call('POST', '/v1/videos', { title, description, visibility: 'private' })
}
