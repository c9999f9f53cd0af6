import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../../adapters/ffmpeg/engine.ts'
import type { Playback } from '../../core/video/wire.ts'
import { readMpd } from '../demo/dash.ts'
import { type MediaPlaylist, readMaster, readMediaPlaylist, type Variant } from '../demo/hls.ts'
import type { Track } from './chromium.ts'
import { countFrames } from './frames.ts'
import type { Viewer } from './viewer.ts'

export interface Quality {
  readonly height: number
  readonly kbps: number
  readonly codecs: string
  /** Decoded, every one of them. */
  readonly frames: number
}

export interface Watching {
  readonly viewer: Viewer
  readonly engine: Engine
  /** For pieces of the film that are decoded. */
  readonly folder: string
  readonly signal: AbortSignal
}

/** Fetches every rung of the HLS form as a player would, lowest first, and decodes all of its frames. */
export async function watchHls(at: Watching, { hlsUrl }: Playback): Promise<readonly Quality[]> {
  const master = readMaster(await text(at.viewer, hlsUrl), hlsUrl)
  const qualities: Quality[] = []
  for (const variant of master.variants.toSorted((a, b) => a.height - b.height))
    qualities.push(await watchVariant(at, variant))
  for (const { type, url } of master.media) if (type === 'AUDIO') await rungBytes(at.viewer, url)
  return qualities
}

async function watchVariant(at: Watching, variant: Variant): Promise<Quality> {
  const file = join(at.folder, `${variant.height}p.mp4`)
  await writeFile(file, await rungBytes(at.viewer, variant.url))
  const { height, averageBps, codecs } = variant
  return { height, kbps: Math.round(averageBps / 1000), codecs, frames: await countFrames(at, file) }
}

/** The init segment and all others in one piece, which is a film that can be decoded from its beginning to its end. */
const rungBytes = async (viewer: Viewer, playlistUrl: string): Promise<Uint8Array> =>
  Buffer.concat(await rungFiles(viewer, playlistUrl))

/** The init segment, then all others. */
async function rungFiles(viewer: Viewer, playlistUrl: string): Promise<readonly Uint8Array[]> {
  const { init, segments, ended } = await readRung(viewer, playlistUrl)
  if (!ended) throw new Error(`no end in ${playlistUrl}`)
  const pieces: Uint8Array[] = []
  for (const file of [...(init ? [init] : []), ...segments]) pieces.push(await viewer.fetch(file))
  return pieces
}

/** The lowest rung and the sound, file by file, as a browser is given them. */
export async function fetchTracks({ viewer }: Watching, { hlsUrl }: Playback): Promise<readonly Track[]> {
  const { variants, media } = readMaster(await text(viewer, hlsUrl), hlsUrl)
  const [lowest] = variants.toSorted((a, b) => a.height - b.height)
  const sound = media.find(({ type }) => type === 'AUDIO')
  if (!lowest || !sound) throw new Error(`no pictures or no sound in ${hlsUrl}`)
  const [pictures = '', tone = ''] = lowest.codecs.split(',')
  return [
    { type: `video/mp4; codecs="${pictures}"`, files: await rungFiles(viewer, lowest.url) },
    { type: `audio/mp4; codecs="${tone}"`, files: await rungFiles(viewer, sound.url) },
  ]
}

const readRung = async (viewer: Viewer, url: string): Promise<MediaPlaylist> =>
  readMediaPlaylist(await text(viewer, url), url)

/** Fetches all that the DASH form names, and the pictures. Answers how many files that were. */
export async function fetchRest({ viewer }: Watching, playback: Playback): Promise<number> {
  const { dashUrl, posterUrl, storyboardUrl } = playback
  if (dashUrl === undefined) throw new Error('the film has no DASH form')
  const named = readMpd(await text(viewer, dashUrl), dashUrl).flatMap(({ init, segments }) => [
    ...(init ? [init] : []),
    ...segments,
  ])
  const urls = new Set([...named, posterUrl, storyboardUrl].filter((url) => url !== undefined))
  for (const url of urls) await viewer.fetch({ url })
  return urls.size
}

const DENIED = [401, 403, 404]

/** Throws where a segment is given to somebody who has only its address. */
export async function checkClosed({ viewer }: Watching, { hlsUrl }: Playback): Promise<void> {
  const { variants } = readMaster(await text(viewer, hlsUrl), hlsUrl)
  const rung = variants[0] && (await readRung(viewer, variants[0].url))
  const url = rung?.segments[0]?.url
  if (url === undefined) throw new Error(`no segment in ${hlsUrl}`)
  const status = await viewer.statusForStrangers(url)
  if (!DENIED.includes(status)) throw new Error(`a stranger got ${status} for ${url}`)
}

const text = async (viewer: Viewer, url: string) => new TextDecoder().decode(await viewer.fetch({ url }))
