import { type KeyLabel, keyLabelOf } from '../protection/model.ts'
import { type PlaylistPlace, signPlaylist } from './signed-playlist.ts'

export interface RewritePlace extends PlaylistPlace {
  /** URL of an AES-128 key, by its id as it stands in the stored playlist. */
  readonly keyUrl: (keyId: string) => string
}

/** A playlist of ours with every URI as a player without cookies and headers needs it. Other systems' URIs (`skd:`, `data:`) stay. */
export const rewriteHls = (text: string, place: RewritePlace): Promise<string> =>
  signPlaylist(
    text.replace(KEY_URI, (_, keyId: string) => `URI="${place.keyUrl(keyId)}"`),
    'hls',
    place,
  )

const KEY_URI = /\bURI="[^"?]*\/v1\/license\/key\/([0-9a-f-]{32,36})"/g

/**
 * The master playlist with the renditions of these labels alone. Keys announced for the session go with the first rendition
 * that is left out: a player asks for them all at the start, and would be refused some.
 */
export function keepLabels(master: string, labels: readonly KeyLabel[]): string {
  const [head = '', ...entries] = master.split(/^(?=#EXT-X-(?:I-FRAME-)?STREAM-INF:)/m)
  const kept = entries.filter((entry) => labels.includes(labelOf(entry)))
  if (kept.length === entries.length) return master
  return [head.replace(/^#EXT-X-SESSION-KEY:.*\n?/gm, ''), ...kept].join('')
}

/** Whether the master has anything to play. */
export const hasVariants = (master: string): boolean => /^#EXT-X-STREAM-INF:/m.test(master)

/** By the picture's size; a variant without one is sound alone. */
function labelOf(entry: string): KeyLabel {
  const [, width, height] = /[:,]RESOLUTION=(\d+)x(\d+)/.exec(entry) ?? []
  return width && height ? keyLabelOf({ width: Number(width), height: Number(height) }) : 'AUDIO'
}

/** Names of the playlists that the master refers to, as they stand in it. */
export const playlistsIn = (master: string): ReadonlySet<string> =>
  new Set(
    [...master.matchAll(/^(?!#)(\S+\.m3u8)\s*$|^#EXT.*?\bURI="([^"]+\.m3u8)"/gm)].map(
      ([, line, attribute]) => line ?? attribute ?? '',
    ),
  )
