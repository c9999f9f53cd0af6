/**
 * URL of the film's playlist as GET /v1/stream/hls/:file rewrites it: for players that send neither cookies nor headers, and
 * for `aes-128`, whose key URIs need the token. The token is in the URL because such players cannot put it anywhere else.
 */
export const rewrittenPlaylistUrl = (origin: string, videoId: string, token: string): string =>
  playlistUrl(origin, { videoId, name: 'master.m3u8', token })

/** The same of any playlist of the film; `name` is relative to its root and without the revision. */
export const playlistUrl = (
  origin: string,
  { videoId, name, token }: { videoId: string; name: string; token: string },
): string => {
  const file = encodeURIComponent(`${videoId}~${name.replaceAll('/', '~')}`)
  return `${origin}/v1/stream/hls/${file}?token=${encodeURIComponent(token)}`
}

/** URL of an AES-128 key for a player that sends no headers. */
export const keyUrl = (origin: string, keyId: string, token: string): string =>
  `${origin}/v1/license/key/${keyId}?token=${encodeURIComponent(token)}`

export interface AskedPlaylist {
  readonly videoId: string
  /** Relative to the film's root, without the revision: `720p/index.m3u8`. */
  readonly name: string
}

/** What `:file` asks for; `undefined` for one of another form. Whether there is such a playlist is not said. */
export function readPlaylistFile(file: string | undefined): AskedPlaylist | undefined {
  const form = /^(vid_[0-9a-f]{32})~([\w-]{1,100}(?:~[\w-]{1,100}){0,2}\.m3u8)$/
  const [, videoId, name] = form.exec(file ?? '') ?? []
  return videoId && name ? { videoId, name: name.replaceAll('~', '/') } : undefined
}

/** As it is stored: each publication has names of its own. */
export const storedName = (name: string, revision: number): string =>
  name.replace(/\.m3u8$/, `.${revision}.m3u8`)

/** The inverse of `storedName`; any other name stays as it is. */
export const publicName = (stored: string, revision: number): string => {
  const end = `.${revision}.m3u8`
  return stored.endsWith(end) ? `${stored.slice(0, -end.length)}.m3u8` : stored
}
