import { createCipheriv } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { type ContentKey, contentKeysOf, makeContentKeys } from '../../../core/drm/content-keys.ts'
import { licenseRoutes } from '../../../core/drm/license-routes.ts'
import { createRouter } from '../../../core/http/router.ts'
import { writeDash } from '../../../core/playback/dash.ts'
import type { FilmTracks, MediaTrack } from '../../../core/playback/film-tracks.ts'
import { writeHls } from '../../../core/playback/hls.ts'
import { streamRoutes } from '../../../core/playback/stream-routes.ts'
import type { Ports } from '../../../core/ports/ports.ts'
import { type KeyLabel, keyLabelOf } from '../../../core/protection/model.ts'
import type { Config } from '../../../core/run/config.ts'
import { idFromUuid, type SessionId, type UserId } from '../../../core/run/id.ts'
import { filmPrefix } from '../../../core/video/model.ts'
import type { VideoRow } from '../../../core/video/show.ts'
import { openTestServer } from '../../node/testing/server.ts'
import { packageSampleFilm, RUNGS } from '../../shaka/testing/packaged-film.ts'
import { openLocalCdn } from '../cdn.ts'
import { openStorageHttp } from '../storage-http.ts'
import type { ManualClock } from './clock.ts'
import { openTestColumn } from './column.ts'
import { aPerson, aVideo } from './rows.ts'

/** The routes of streams and keys on a real server, beside the store's own; and films that can be played. */
export interface StreamDesk extends AsyncDisposable {
  readonly origin: string
  readonly ports: Ports
  readonly clock: ManualClock
  /** Paths that were asked for, in order. */
  readonly asked: string[]
  readonly ownerId: UserId
  /** A public film of three rungs, two languages and captions; its bytes are there for each protection that is asked for. */
  aFilm(facts?: Partial<VideoRow> & { readonly protection?: 'clear' | 'aes-128' }): Promise<VideoRow>
  /** GET as this person, or as nobody; redirects are not followed. */
  get(path: string, userId?: UserId): Promise<Response>
}

export const REVISION = 3
const CAPTION = 'WEBVTT\n\n00:00.000 --> 00:09.000\nHello\n'

export async function openStreamDesk(config: Partial<Config> = {}): Promise<StreamDesk> {
  const stack = new AsyncDisposableStack()
  const column = stack.use(await openTestColumn({ config }))
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-stream-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const film = await packageSampleFilm(folder)
  const { clock, storage } = column
  const store = openStorageHttp({ ...column.ports, storage })
  const router = createRouter([...streamRoutes, ...licenseRoutes], async ({ headers }) => {
    const userId = headers['x-test-user'] as UserId | undefined
    return userId && { userId, sessionId: userId.replace('usr', 'ses') as SessionId }
  })
  const asked: string[] = []
  const ports = { ...column.ports }
  const server = await openTestServer({
    handle: (request, ctx) => {
      asked.push(request.path)
      return router.handle(request, ports, ctx)
    },
    raw: (request, ctx) => {
      if (request.path.startsWith('/media/')) asked.push(request.path)
      return store(request, ctx)
    },
  })
  stack.use(server)
  const { origin } = server
  Object.assign(ports, {
    config: { ...column.ports.config, publicOrigin: origin },
    cdn: openLocalCdn({ origin, secrets: column.ports.secrets }),
  })
  const owner = await aPerson(ports.db)
  return {
    ...{ origin, ports, clock, asked, ownerId: owner.id },
    aFilm: (facts = {}) => aFilm(ports, { folder, film, ownerId: owner.id }, facts),
    get: (path, userId) =>
      fetch(new URL(path, origin), {
        redirect: 'manual',
        headers: userId === undefined ? {} : { 'x-test-user': userId },
      }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

interface Made {
  readonly folder: string
  readonly film: FilmTracks
  readonly ownerId: UserId
}

async function aFilm(
  ports: Ports,
  made: Made,
  facts: Partial<VideoRow> & { readonly protection?: 'clear' | 'aes-128' },
): Promise<VideoRow> {
  const given = { visibility: 'public', status: 'ready', revision: REVISION, durationSeconds: 10 } as const
  const video = await aVideo(ports.db, { ...given, ownerId: made.ownerId, ...facts })
  const keys = video.protection === 'aes-128' ? await keysOf(ports, video) : undefined
  const prefix = filmPrefix(video.id, video.generation, video.edition)
  const put = (name: string, body: Uint8Array | string) =>
    ports.storage.put('media', prefix + name, Buffer.from(body), { contentType: 'application/octet-stream' })
  const captions = [{ language: 'en', label: 'English', isDefault: false, file: 'captions/en.vtt' }]
  await put('captions/en.vtt', CAPTION)
  const film = withKeys({ ...made.film, captions }, keys)
  const names = { revision: video.revision, origin: ports.config.publicOrigin }
  for (const { name, text } of writeHls(film, names)) await put(name, text)
  if (!keys) for (const { name, text } of [writeDash(film, names)]) await put(name, text)
  await Promise.all(
    [...film.video, ...film.audio].map((track) => putTrack(made.folder, { track, keys, put })),
  )
  return video
}

type Keys = ReadonlyMap<KeyLabel, ContentKey>

async function keysOf(ports: Ports, video: VideoRow): Promise<Keys> {
  const at = { videoId: video.id, generation: video.generation, edition: video.edition }
  const labels = ['AUDIO', 'SD'] as const
  await ports.db.transaction((tx) => makeContentKeys(tx, ports, { ...at, protection: 'aes-128', labels }))
  return contentKeysOf(ports, at)
}

const labelOf = (track: MediaTrack & { width?: number; height?: number }): KeyLabel =>
  track.width && track.height ? keyLabelOf({ width: track.width, height: track.height }) : 'AUDIO'

function withKeys(film: FilmTracks, keys: Keys | undefined): FilmTracks {
  const protect = <T extends MediaTrack>(track: T): T => {
    const keyId = keys?.get(labelOf(track))?.keyId
    return keyId === undefined ? track : { ...track, protection: { scheme: 'aes-128', keyId } }
  }
  return { ...film, video: film.video.map(protect), audio: film.audio.map(protect) }
}

interface Stored {
  readonly track: MediaTrack
  readonly keys: Keys | undefined
  put(name: string, body: Uint8Array): Promise<unknown>
}

async function putTrack(folder: string, { track, keys, put }: Stored): Promise<void> {
  const key = keys?.get(labelOf(track))?.key
  const at = join(folder, 'film', track.name)
  for (const file of await readdir(at)) {
    if (!/\.(m4s|mp4)$/.test(file)) continue
    const bytes = await readFile(join(at, file))
    const whole = key && file.endsWith('.m4s') ? encrypted(bytes, key, Number(basename(file, '.m4s'))) : bytes
    await put(`${track.name}/${file}`, whole)
  }
}

/** RFC 8216, 5.2: without an IV it is the media sequence number, which is the segment's. */
function encrypted(bytes: Uint8Array, key: Uint8Array, number: number): Buffer {
  const iv = Buffer.alloc(16)
  iv.writeUInt32BE(number, 12)
  const cipher = createCipheriv('aes-128-cbc', key, iv)
  return Buffer.concat([cipher.update(bytes), cipher.final()])
}

/** The names of the rungs, lowest first. */
export const RUNG_NAMES = RUNGS.map(({ name }) => name)
/** Of somebody who does not exist. */
export const NO_VIDEO = idFromUuid('vid', '0190a000-0000-7000-8000-000000000000')
