import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import type { Video } from '../../core/video/wire.ts'
import type { Api } from '../demo/api.ts'
import { waitForFilm } from '../demo/wait.ts'
import { makeFilm, type SeedFilm } from './films.ts'
import { isWhole, ownVideos, plannedTitles, plantFilm, plantPlanned } from './plant.ts'

export interface Work {
  readonly api: Api
  readonly signal: AbortSignal
  /** `fraction` 0..1 of the stage. */
  readonly show: (what: string, stage: string, fraction: number) => void
}

export interface Sown {
  readonly film: SeedFilm
  readonly video: Video
  readonly isNew: boolean
}

/** Adds the films that are missing and waits until each is ready, or refused. */
export async function sowFilms(work: Work, films: readonly SeedFilm[]): Promise<Sown[]> {
  const known = await ownVideos(work.api)
  const planted: { film: SeedFilm; id: string; isNew: boolean }[] = []
  for (const film of films) {
    const video = known.get(film.title)
    if (video && isWhole(film, video)) planted.push({ film, id: video.id, isNew: false })
    else planted.push({ film, id: await replant(work, film, video), isNew: true })
  }
  const sown: Sown[] = []
  for (const { film, id, isNew } of planted) {
    const seen = ({ status, progress }: Video) => work.show(film.title, status, progress)
    const { video } = await waitForFilm(work.api, id, { signal: work.signal, seen })
    sown.push({ film, video, isNew })
  }
  return sown
}

/** Answers the new video's id. What an earlier run left half-made goes first. */
async function replant(work: Work, film: SeedFilm, left: Video | undefined): Promise<string> {
  const { api, signal, show } = work
  if (left) await api.call('DELETE', `/v1/videos/${left.id}`)
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-seed-'))
  try {
    show(film.title, 'being made', 0)
    const path = await makeFilm(film, { engine: await findEngine({}), folder, signal })
    return await plantFilm(api, film, { path, sent: (part) => show(film.title, 'uploading', part) })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Adds the entries without a film that are missing; answers how many. */
export async function sowPlanned({ api, signal, show }: Work, count: number): Promise<number> {
  const known = await ownVideos(api)
  const missing = plannedTitles(count).filter((title) => !known.has(title))
  for (const [at, title] of missing.entries()) {
    signal.throwIfAborted()
    show('entries without a film', 'being added', at / missing.length)
    await plantPlanned(api, title)
  }
  return missing.length
}
