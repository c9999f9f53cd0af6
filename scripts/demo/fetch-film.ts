import type { Playback } from '../../core/video/wire.ts'
import { readMpd } from './dash.ts'
import { type MediaFile, type MediaPlaylist, readMaster, readMediaPlaylist, type Variant } from './hls.ts'

/** One track of a film as a player would fetch it. */
export interface Track {
  readonly name: string
  readonly kind: 'video' | 'audio'
  readonly playlist: MediaPlaylist
}
export interface FetchedFilm {
  readonly variants: readonly Variant[]
  readonly tracks: readonly Track[]
  readonly files: number
  /** What is wrong, one sentence each: answers other than 200, a playlist without end, a file that DASH alone names. */
  readonly faults: readonly string[]
}

/** Fetches everything that the manifests name: playlists, I-frame playlists, segments, the MPD, poster and storyboard. */
export async function fetchFilm(playback: Playback): Promise<FetchedFilm> {
  const faults: string[] = []
  const master = readMaster(await text(playback.hlsUrl), playback.hlsUrl)
  const playlist = async (url: string) => checked(readMediaPlaylist(await text(url), url), url, faults)
  const tracks = new Map<string, Track>()
  const add = async (url: string, kind: Track['kind']) =>
    tracks.set(url, { name: trackName(url), kind, playlist: await playlist(url) })
  for (const variant of master.variants) await add(variant.url, isVideo(variant) ? 'video' : 'audio')
  for (const { type, url } of master.media) {
    if (type === 'AUDIO') await add(url, 'audio')
    else if (type === 'SUBTITLES') faults.push(...(await missing(filesOf(await playlist(url)))))
  }
  const unique = [...tracks.values()]
  const files = unique.flatMap((track) => filesOf(track.playlist))
  for (const url of master.iframes) files.push(...filesOf(await playlist(url)))
  const dash = await dashFiles(playback)
  files.push(...dash.map((url) => ({ url })), ...stills(playback))
  faults.push(...(await missing(files)))
  return { variants: master.variants, tracks: unique, files: new Set(files.map((f) => f.url)).size, faults }
}

/** None where the film has no DASH form. */
async function dashFiles({ dashUrl }: Playback): Promise<string[]> {
  if (dashUrl === undefined) return []
  const tracks = readMpd(await text(dashUrl), dashUrl)
  return tracks.flatMap(({ init, segments }) => [...(init ? [init] : []), ...segments])
}

const isVideo = (variant: Variant) => variant.height > 0
const filesOf = ({ init, segments }: MediaPlaylist): MediaFile[] => [...(init ? [init] : []), ...segments]
const stills = ({ posterUrl, storyboardUrl }: Playback): MediaFile[] =>
  [posterUrl, storyboardUrl].filter((url) => url !== undefined).map((url) => ({ url }))

/** The folder of a playlist: `720p` of `.../720p/index.3.m3u8`. */
const trackName = (url: string) => new URL(url).pathname.split('/').at(-2) ?? url

function checked(playlist: MediaPlaylist, url: string, faults: string[]): MediaPlaylist {
  if (!playlist.ended) faults.push(`no end in ${url}`)
  if (playlist.segments.length === 0) faults.push(`no segment in ${url}`)
  return playlist
}

async function missing(files: readonly MediaFile[]): Promise<string[]> {
  const waiting = [...new Map(files.map((file) => [`${file.url} ${file.range?.offset}`, file])).values()]
  const faults: string[] = []
  const worker = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const fault = await fetchWhole(file).then(
        () => undefined,
        (error: Error) => error.message,
      )
      if (fault !== undefined) faults.push(fault)
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker))
  return faults
}

async function text(url: string): Promise<string> {
  return new TextDecoder().decode(await fetchWhole({ url }))
}

/** The bytes of a file or of its range. Throws for any other answer than 200 (206 for a range) and for a wrong length. */
export async function fetchWhole({ url, range }: MediaFile): Promise<Uint8Array> {
  const headers: Record<string, string> = range
    ? { range: `bytes=${range.offset}-${range.offset + range.length - 1}` }
    : {}
  const response = await fetch(url, { headers })
  const bytes = await response.bytes()
  if (response.status !== (range ? 206 : 200)) throw new Error(`${response.status} for ${url}`)
  if (range && bytes.length !== range.length)
    throw new Error(`${bytes.length} bytes instead of ${range.length} of ${url}`)
  if (bytes.length === 0) throw new Error(`nothing in ${url}`)
  return bytes
}
