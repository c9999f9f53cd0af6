import { type BitRate, bitRate, targetSeconds, variantBitRate } from './bandwidth.ts'
import type { AudioTrack, FilmTracks, PublicationNames, VideoTrack } from './film-tracks.ts'
import { sessionKeyLines } from './hls-keys.ts'
import {
  captionsName,
  iframesName,
  indexName,
  lines,
  type Rendition,
  renditionLines,
  tag,
} from './hls-tags.ts'

/** Text of the master playlist. `target` is the film's target duration in seconds. */
export function masterPlaylist(film: FilmTracks, target: number, names: PublicationNames): string {
  const { revision, origin } = names
  const groups = { audio: audioGroup(film, revision), captions: captionGroup(film, revision) }
  const variants = film.video.length > 0 ? videoVariants(film, target) : audioVariants(film, target)
  const after = {
    AUDIO: groups.audio.length > 0 && '"audio"',
    SUBTITLES: groups.captions.length > 0 && '"captions"',
  }
  return lines([
    '#EXT-X-INDEPENDENT-SEGMENTS',
    ...sessionKeyLines([...film.video, ...film.audio], origin),
    ...groups.audio,
    ...groups.captions,
    ...variants.flatMap(({ track, attributes }) => [
      tag('STREAM-INF', { ...attributes, ...after, ...('width' in track && NO_CEA) }),
      indexName(track, revision),
    ]),
    ...inOrder(withKeyframes(film)).map((track) => iframeVariant(track, revision)),
  ])
}

/** Says that no captions hide in the picture: else players offer an empty entry. */
const NO_CEA = { 'CLOSED-CAPTIONS': 'NONE' }

interface Variant {
  readonly track: VideoTrack | AudioTrack
  readonly attributes: Readonly<Record<string, string>>
}

/** The first variant is the one that players begin with: about 2000 kb/s (rule 1.32); the others follow ascending. */
const FIRST_BITS_PER_SECOND = 2_000_000

function videoVariants(film: FilmTracks, target: number): Variant[] {
  const rated = inOrder(film.video).map((track) => ({
    track,
    rate: variantBitRate(track, film.audio, target),
  }))
  const far = (r: { rate: BitRate }) => Math.abs(r.rate.average - FIRST_BITS_PER_SECOND)
  const first = rated.toSorted((a, b) => far(a) - far(b))[0]
  const ordered = [...rated.filter((r) => r === first), ...rated.filter((r) => r !== first)]
  const sound = film.audio.map((track) => track.codecs)
  return ordered.map(({ track, rate }) => ({
    track,
    attributes: {
      ...bandwidth(rate),
      CODECS: `"${[...new Set([track.codecs, ...sound])].join(',')}"`,
      ...picture(track),
      'FRAME-RATE': (track.frameRate.num / track.frameRate.den).toFixed(3),
    },
  }))
}

/** Sound alone: one variant, for a player would take several languages for several qualities. */
function audioVariants(film: FilmTracks, target: number): Variant[] {
  const track = film.audio[defaultIndex(film.audio)]
  if (track === undefined) return []
  const rate = variantBitRate(track, [], target)
  return [{ track, attributes: { ...bandwidth(rate), CODECS: `"${track.codecs}"` } }]
}

function iframeVariant(track: VideoTrack, revision: number): string {
  const keyframes = track.segments.flatMap((segment) => segment.keyframes)
  const rate = bitRate(keyframes, track.timescale, iframeTarget(track))
  return tag('I-FRAME-STREAM-INF', {
    ...bandwidth(rate),
    CODECS: `"${track.codecs}"`,
    ...picture(track),
    URI: `"${iframesName(track, revision)}"`,
  })
}

const inOrder = (video: readonly VideoTrack[]) =>
  video.toSorted((a, b) => a.width * a.height - b.width * b.height)

const bandwidth = (rate: BitRate) => ({
  BANDWIDTH: `${rate.peak}`,
  'AVERAGE-BANDWIDTH': `${rate.average}`,
})

const picture = ({ width, height }: VideoTrack) => ({
  RESOLUTION: `${width}x${height}`,
  'VIDEO-RANGE': 'SDR',
})

/** A film of sound alone needs its group only to choose a language. */
function audioGroup(film: FilmTracks, revision: number): string[] {
  if (film.video.length === 0 && film.audio.length < 2) return []
  const preferred = defaultIndex(film.audio)
  const group = film.audio.map(
    (track, index): Rendition => ({
      type: 'AUDIO',
      group: 'audio',
      language: track.language,
      label: track.label,
      isDefault: index === preferred,
      extra: { CHANNELS: `"${track.channels}"` },
      uri: indexName(track, revision),
    }),
  )
  return renditionLines(group)
}

/** The first that is marked, else the first: one must be, or a player begins without sound. */
const defaultIndex = (audio: readonly AudioTrack[]) =>
  Math.max(
    0,
    audio.findIndex((track) => track.isDefault),
  )

function captionGroup(film: FilmTracks, revision: number): string[] {
  const preferred = film.captions.findIndex((caption) => caption.isDefault)
  const group = film.captions.map(
    (caption, index): Rendition => ({
      type: 'SUBTITLES',
      group: 'captions',
      language: caption.language,
      label: caption.label,
      isDefault: index === preferred,
      extra: { FORCED: 'NO' },
      uri: captionsName(caption, revision),
    }),
  )
  return renditionLines(group)
}

/** The rungs whose key frames are known; the others have no I-frame playlist. */
export const withKeyframes = (film: FilmTracks) =>
  film.video.filter((t) => t.segments.some((s) => s.keyframes.length > 0))

/** Target duration in seconds of an I-frame playlist. */
export const iframeTarget = ({ timescale, segments }: VideoTrack) =>
  targetSeconds([{ timescale, pieces: segments.flatMap((segment) => segment.keyframes) }])
