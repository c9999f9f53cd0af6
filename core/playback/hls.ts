import { filmTargetSeconds } from './bandwidth.ts'
import type {
  CaptionTrack,
  FilmTracks,
  MediaTrack,
  PlaylistFile,
  PublicationNames,
  VideoTrack,
} from './film-tracks.ts'
import { keyLines } from './hls-keys.ts'
import { iframeTarget, masterPlaylist, withKeyframes } from './hls-master.ts'
import { captionsName, iframesName, indexName, lines } from './hls-tags.ts'

/**
 * All HLS playlists of a film (RFC 8216, version 7), the master last: `<track>/index.<rev>.m3u8`,
 * `<rung>/iframes.<rev>.m3u8`, `captions-<language>.<rev>.m3u8`, `master.<rev>.m3u8`. URIs are relative, but those of keys.
 * Throws where there is neither video nor audio, and where a key has no origin to come from.
 */
export function writeHls(film: FilmTracks, names: PublicationNames): PlaylistFile[] {
  const { revision, origin } = names
  const target = filmTargetSeconds(film)
  const tracks = [...film.video, ...film.audio]
  if (tracks.length === 0) throw new Error('a film without video and audio has no playlists')
  return [
    ...tracks.map((track) => ({
      name: indexName(track, revision),
      text: mediaPlaylist(track, target, origin),
    })),
    ...withKeyframes(film).map((track) => ({
      name: iframesName(track, revision),
      text: iframePlaylist(track, origin),
    })),
    ...film.captions.map((caption) => captionPlaylist(caption, film.durationSeconds, revision)),
    { name: masterName(revision), text: masterPlaylist(film, target, names) },
  ]
}

/** Name of the playlist that a player opens. */
export const masterName = (revision: number): string => `master.${revision}.m3u8`

function mediaPlaylist(track: MediaTrack, target: number, origin: string | undefined): string {
  const body = track.segments.flatMap((segment) => [
    extinf(segment.durationTicks / track.timescale),
    `${segment.number}.m4s`,
  ])
  // A key is for what stands behind it: the init segment is never encrypted.
  return playlist(target, ['#EXT-X-MAP:URI="init.mp4"', ...keyLines(track.protection, origin), ...body])
}

function iframePlaylist(track: VideoTrack, origin: string | undefined): string {
  const body = track.segments.flatMap((segment) =>
    segment.keyframes.flatMap((key) => [
      extinf(key.durationTicks / track.timescale),
      `#EXT-X-BYTERANGE:${key.sizeBytes}@${key.offset}`,
      `${segment.number}.m4s`,
    ]),
  )
  const head = ['#EXT-X-I-FRAMES-ONLY', '#EXT-X-MAP:URI="init.mp4"', ...keyLines(track.protection, origin)]
  return playlist(iframeTarget(track), [...head, ...body])
}

/** The whole file as one segment: cues are small, and players that want them early get them early. */
function captionPlaylist(caption: CaptionTrack, durationSeconds: number, revision: number): PlaylistFile {
  const text = playlist(Math.max(1, Math.ceil(durationSeconds)), [extinf(durationSeconds), caption.file])
  return { name: captionsName(caption, revision), text }
}

function playlist(target: number, body: readonly string[]): string {
  const head = [`#EXT-X-TARGETDURATION:${target}`, '#EXT-X-MEDIA-SEQUENCE:1', '#EXT-X-PLAYLIST-TYPE:VOD']
  return lines([...head, ...body, '#EXT-X-ENDLIST'])
}

// Microseconds: over a day of segments the rounding stays far below one frame (rule 8.1).
const extinf = (seconds: number) => `#EXTINF:${Number(seconds.toFixed(6))},`
