import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import type { Thumbnails, Video } from '../../core/video/wire.ts'
import { type Api, signUp } from '../demo/api.ts'
import { uploadFilm } from '../demo/upload.ts'
import { waitForFilm } from '../demo/wait.ts'
import type { TestFilm } from './film.ts'
import { type ProtectedFilm, playProtected } from './protected-line.ts'
import type { Steps } from './steps.ts'
import { openViewer } from './viewer.ts'
import { checkClosed, fetchRest, type Quality, watchHls } from './watch.ts'

export interface MainLine {
  readonly origin: string
  readonly film: TestFilm
  readonly engine: Engine
  readonly steps: Steps
  /** For pieces of the film that are decoded. */
  readonly folder: string
}

/** What could be seen of both films. */
export interface Watched {
  readonly qualities: readonly Quality[]
  readonly encrypted: ProtectedFilm
}

/** What somebody does who has a film and wants others to see it, by the public API and the store's signed requests. */
export async function playMainLine(at: MainLine): Promise<Watched> {
  const { steps, origin, film } = at
  const person = {
    email: `e2e-${randomBytes(6).toString('hex')}@example.com`,
    password: randomBytes(18).toString('base64'),
    name: 'Ida',
  }
  const api = await steps.take('sign up', 60, () => signUp(origin, person))
  const videoId = await steps.take('upload the film in signed parts', 60, () =>
    uploadFilm(api, film.path, { sent: () => undefined }),
  )
  await becomesReady(api, steps, videoId)
  await steps.take('have poster and storyboard', 120, (signal) => pictures(api, videoId, signal))
  const qualities = await steps.take('play it through the CDN, every frame', 120, async (signal) => {
    const viewer = await openViewer(origin, person, signal)
    const playback = await viewer.playback(videoId)
    const watching = { ...at, viewer, signal }
    const qualities = await watchHls(watching, playback)
    await fetchRest(watching, playback)
    await checkClosed(watching, playback)
    return qualities
  })
  const open = (signal: AbortSignal) => openViewer(origin, person, signal)
  return { qualities, encrypted: await playProtected({ ...at, api, openViewer: open }) }
}

async function becomesReady(api: Api, steps: Steps, videoId: string): Promise<void> {
  const playable = Promise.withResolvers<void>()
  const over = new AbortController()
  let last: Video | undefined
  const seen = (video: Video) => {
    last = video
    if (video.status !== 'uploading' && video.status !== 'processing') playable.resolve()
  }
  const film = waitForFilm(api, videoId, { signal: over.signal, seen })
  // It is waited for in the second step; a failure before that is the first one's.
  film.catch(playable.reject)
  const told = async <T>(step: string, work: () => Promise<T>) => {
    try {
      return await steps.take(step, 180, work)
    } catch (cause) {
      throw new Error(`${step}: the film is ${last?.status} at ${last?.progress}`, { cause })
    }
  }
  try {
    await told('become playable', () => playable.promise)
    const { video } = await told('become ready', () => film)
    if (video.status !== 'ready') throw new Error(`the film is ${video.status}: ${video.failure?.message}`)
  } finally {
    over.abort()
  }
}

const KINDS = ['poster', 'storyboard']
const LOOK_MS = 200

async function pictures(api: Api, videoId: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const { items } = await api.call<Thumbnails>('GET', `/v1/videos/${videoId}/thumbnails`)
    if (KINDS.every((kind) => items.some((item) => item.kind === kind))) return
    await sleep(LOOK_MS, undefined, { signal })
  }
}
