import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Playback, Video } from '../../core/video/wire.ts'
import type { Api } from '../demo/api.ts'
import { makeSample } from '../demo/sample.ts'
import { uploadFilm } from '../demo/upload.ts'
import { waitForFilm } from '../demo/wait.ts'
import { decodeInChromium, type KeyGiver } from './chromium.ts'
import { countFrames } from './frames.ts'
import type { MainLine } from './main-line.ts'
import type { Viewer } from './viewer.ts'
import { fetchTracks } from './watch.ts'

/** What became of a protected film. */
export interface ProtectedFilm {
  /** Of the source, counted by ffprobe. */
  readonly frames: number
  /** That Chromium has decoded, with keys of the licence endpoint. */
  readonly decoded: number
  /** Answers to who must get no key, each with its reason: `401 playback-token-invalid`. */
  readonly refused: Readonly<Record<string, string>>
}

/** Small: that it is encrypted matters here, not what is in it. */
const SAMPLE = { seconds: 2, width: 256, height: 144 }

type Line = Pick<MainLine, 'engine' | 'steps' | 'folder'> & {
  readonly api: Api
  readonly openViewer: (signal: AbortSignal) => Promise<Viewer>
}

/** Uploads a film that is to be encrypted, and plays it in a browser with the keys that the licence endpoint hands out. */
export async function playProtected(at: Line): Promise<ProtectedFilm> {
  const { steps, api } = at
  const film = await steps.take('make a film to protect', 60, (signal) => protectedSample(at, signal))
  const videoId = await steps.take('upload it to be encrypted', 60, () => upload(api, film.path))
  await steps.take('become ready, encrypted', 180, (signal) => ready(api, videoId, signal))
  return steps.take('play it in Chromium with Clear Key, and refuse keys to others', 120, async (signal) => {
    const viewer = await at.openViewer(signal)
    const playback = await viewer.playback(videoId)
    const tracks = await fetchTracks({ ...at, viewer, signal }, playback)
    const asked: string[] = []
    const decoded = await decodeInChromium(tracks, async (kids) => {
      asked.push(...kids)
      return keysOf(playback, kids)
    })
    const refused = await refusals(viewer, playback, asked)
    if (decoded !== film.frames) throw new Error(`Chromium has decoded ${decoded} of ${film.frames} frames`)
    return { frames: film.frames, decoded, refused }
  })
}

async function protectedSample({ engine, folder }: Line, signal: AbortSignal) {
  const own = join(folder, 'to-protect')
  await mkdir(own, { recursive: true })
  const path = await makeSample(engine, own, signal, SAMPLE)
  return { path, frames: await countFrames({ engine, signal }, path) }
}

async function upload(api: Api, path: string): Promise<string> {
  const { id } = await api.call<Video>('POST', '/v1/videos', { title: 'Protected', protection: 'cenc' })
  return uploadFilm(api, path, { videoId: id, sent: () => undefined })
}

async function ready(api: Api, videoId: string, signal: AbortSignal): Promise<void> {
  const { video } = await waitForFilm(api, videoId, { signal, seen: () => undefined })
  if (video.status !== 'ready') throw new Error(`the film is ${video.status}: ${video.failure?.message}`)
  if (video.protection !== 'cenc') throw new Error(`the film is ready and ${video.protection}`)
}

/** What the page's own request would be: the key ids that the browser asks for, with the token of the playback. */
async function keysOf({ licenses }: Playback, kids: readonly string[]): ReturnType<KeyGiver> {
  const response = await askKeys(serverOf(licenses), kids)
  if (response.status !== 200) throw new Error(`the licence is ${await words(response)}`)
  const { keys } = (await response.json()) as { keys: readonly { kid: string; k: string }[] }
  return Object.fromEntries(keys.map(({ kid, k }) => [kid, k]))
}

type Server = Pick<NonNullable<Playback['licenses']['clearkey']>, 'url' | 'headers'>

function serverOf({ clearkey }: Playback['licenses']): Server {
  if (clearkey === undefined) throw new Error('the playback names no licences of Clear Key')
  return clearkey
}

const askKeys = ({ url, headers }: Server, kids: readonly string[]): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { ...headers }, body: JSON.stringify({ kids, type: 'temporary' }) })

/** Whoever has no token, asks for a key of no film of theirs, or whose playback was ended gets no key. */
async function refusals(
  viewer: Viewer,
  { licenses, session }: Playback,
  kids: readonly string[],
): Promise<ProtectedFilm['refused']> {
  const server = serverOf(licenses)
  const foreign = await words(await askKeys(server, [randomBytes(16).toString('base64url')]))
  const stranger = await words(await askKeys({ url: server.url, headers: {} }, kids))
  await viewer.end(session.id)
  return { foreign, stranger, ended: await words(await askKeys(server, kids)) }
}

async function words(response: Response): Promise<string> {
  const text = await response.text()
  if (text.includes('"k"')) throw new Error(`a key came with ${response.status}`)
  const { code = '' } = JSON.parse(text) as { code?: string }
  return `${response.status} ${code}`
}
