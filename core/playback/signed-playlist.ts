import { checkKey, KeyRefused } from '../ports/storage.ts'
import { signDash } from './signed-dash.ts'

export type PlaylistKind = 'hls' | 'dash' | 'vtt'

/** Which kind of file refers to others, by the end of its name; `undefined` for all others. */
export function playlistKind(name: string): PlaylistKind | undefined {
  const end = /\.(m3u8|mpd|vtt)$/i.exec(name)?.[1]?.toLowerCase()
  return end === undefined ? undefined : KINDS[end]
}
const KINDS: Readonly<Partial<Record<string, PlaylistKind>>> = { m3u8: 'hls', mpd: 'dash', vtt: 'vtt' }

export const PLAYLIST_TYPES: Readonly<Record<PlaylistKind, string>> = {
  hls: 'application/vnd.apple.mpegurl',
  dash: 'application/dash+xml',
  vtt: 'text/vtt; charset=utf-8',
}

export interface PlaylistPlace {
  /** Key of the playlist in its bucket. */
  readonly key: string
  /** Ends with `/`; nothing outside of it is signed. */
  readonly prefix: string
  /** URL of a file under the prefix. Asked once for each. */
  readonly sign: (file: string) => Promise<string>
}

/**
 * The playlist with a signed URL for each relative URI in it. Absolute ones (keys of a licence server, say) and those that
 * lead out of the prefix stay as they are: they are not ours to sign. Throws `ManifestRefused` for a DASH manifest in
 * another form than `writeDash` gives it.
 */
export async function signPlaylist(text: string, kind: PlaylistKind, place: PlaylistPlace): Promise<string> {
  const signed = new Map<string, string>()
  const write = (uri: string) => {
    const url = signed.get(uri) ?? uri
    signed.set(uri, url)
    return url
  }
  // First read, then signed all at once, then written: a film's playlist names a thousand segments.
  rewrite[kind](text, write)
  await Promise.all([...signed.keys()].map(async (uri) => signed.set(uri, await signUri(uri, place))))
  return rewrite[kind](text, write)
}

type Rewrite = (text: string, write: (uri: string) => string) => string

const rewrite: Readonly<Record<PlaylistKind, Rewrite>> = { hls: signHls, vtt: signVtt, dash: signDash }

async function signUri(uri: string, { key, prefix, sign }: PlaylistPlace): Promise<string> {
  const [path = '', ...fragment] = uri.split('#')
  const file = fileOf(path, key, prefix)
  return file === undefined ? uri : [await sign(file), ...fragment].join('#')
}

/** The file under the prefix that a URI of the playlist leads to; `undefined` for any other. */
function fileOf(uri: string, key: string, prefix: string): string | undefined {
  if (uri === '' || uri.includes('?') || /^(?:[a-z][a-z\d+.-]*:|\/)/i.test(uri)) return undefined
  const base = `http://film/${key.split('/').map(encodeURIComponent).join('/')}`
  const found = URL.parse(uri, base)
  if (found?.origin !== 'http://film') return undefined
  const path = keyOf(found.pathname)
  return path?.startsWith(prefix) ? path.slice(prefix.length) : undefined
}

/** `undefined` for what no key can be, such as one that an encoded slash has let climb. */
function keyOf(pathname: string): string | undefined {
  try {
    return checkKey(decodeURIComponent(pathname.slice(1)))
  } catch (error) {
    if (error instanceof KeyRefused || error instanceof URIError) return undefined
    throw error
  }
}

/** RFC 8216: a line that is no tag is a URI, and an attribute URI="..." is one. Quoted strings know no escapes. */
function signHls(text: string, write: (uri: string) => string): string {
  return byLine(text, (line) => {
    if (line.trim() === '') return line
    if (!line.startsWith('#')) return write(line.trim())
    if (!line.startsWith('#EXT')) return line
    return line.replace(/([A-Z0-9-]+)=("[^"]*"|[^",]*)/g, (whole, name: string, value: string) =>
      name === 'URI' && value.startsWith('"') ? `URI="${write(value.slice(1, -1))}"` : whole,
    )
  })
}

/** Cues of a storyboard are a sheet and a place on it. What people say, or write about, is left alone. */
function signVtt(text: string, write: (uri: string) => string): string {
  return byLine(text, (line) => (/^[^\s<>]+#xywh=\d+,\d+,\d+,\d+\s*$/.test(line) ? write(line.trim()) : line))
}

/** Line ends stay as they are. */
const byLine = (text: string, change: (line: string) => string): string =>
  text
    .split(/(\r?\n)/)
    .map((piece, i) => (i % 2 === 0 ? change(piece) : piece))
    .join('')
