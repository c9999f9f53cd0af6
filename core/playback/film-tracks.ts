import type { Rational, Segment, TrackOutput, TrackProtection } from '../ports/media.ts'

/**
 * How a track is encrypted: its samples, as its init segment says it, or each of its segments as a whole (`AES-128` of HLS),
 * which no byte of the track tells.
 */
export type TrackEncryption = TrackProtection | { readonly scheme: 'aes-128'; readonly keyId: string }

/** A packaged track as it lies in the store. With whole segments encrypted, its key frames lie where they do in the clear. */
export type StoredTrack = Omit<TrackOutput, 'protection'> & { readonly protection?: TrackEncryption }

/** One packaged track, whole: `<name>/init.mp4` and `<name>/<number>.m4s`, from tick 0 without a gap. */
export interface MediaTrack {
  readonly name: string
  /** RFC 6381. */
  readonly codecs: string
  /** Ticks per second. */
  readonly timescale: number
  readonly segments: readonly Segment[]
  /** Absent where it is clear. */
  readonly protection?: TrackEncryption
}
export interface VideoTrack extends MediaTrack {
  readonly width: number
  readonly height: number
  readonly frameRate: Rational
}
export interface AudioTrack extends MediaTrack {
  /** BCP 47; `und` when nobody knows. */
  readonly language: string
  /** Shown to the viewer. */
  readonly label: string
  readonly channels: number
  /** Hertz. */
  readonly sampleRate: number
  readonly isDefault: boolean
}
export interface CaptionTrack {
  /** BCP 47, unique over the film's captions. */
  readonly language: string
  readonly label: string
  /** URI of the WebVTT file, relative to the film's root. */
  readonly file: string
  readonly isDefault: boolean
}

/** All that can be played of a film now. Video in any order; a film has a video or an audio track or both. */
export interface FilmTracks {
  readonly video: readonly VideoTrack[]
  readonly audio: readonly AudioTrack[]
  readonly captions: readonly CaptionTrack[]
  readonly durationSeconds: number
}

/** A playlist or manifest to store, its name relative to the film's root. */
export interface PlaylistFile {
  readonly name: string
  readonly text: string
}
/** Each publication of a film has its own names, for caches may keep the old ones. */
export interface PublicationNames {
  readonly revision: number
  /** Origin of the API that hands out keys: `https://example.org`. A protected film needs it. */
  readonly origin?: string
}

/** A track put together from its chunks. Video has width and height, audio has channels and sampleRate. */
export interface JoinedTrack extends MediaTrack {
  readonly initSha256: string
  /** Frames of video, samples of audio. */
  readonly samples: number
  readonly width?: number
  readonly height?: number
  readonly channels?: number
  readonly sampleRate?: number
}

export type JoinRule = 'no-chunks' | 'same-track' | 'same-init' | 'gap' | 'overlap' | 'segment-numbers'

/** The chunks of a track do not make one track: playing them would stall, jump or fail to decode. */
export class ChunksDoNotJoin extends Error {
  override readonly name = 'ChunksDoNotJoin'
  readonly rule: JoinRule
  constructor(rule: JoinRule, message: string) {
    super(message)
    this.rule = rule
  }
}

/**
 * Puts the chunks of one track together, in whatever order they come. Throws `ChunksDoNotJoin` where they are not of one
 * track, need different init segments, leave a gap or overlap on the timeline (which begins at tick 0), or where
 * the segment numbers do not run 1, 2, 3 ...
 */
export function joinChunks(outputs: readonly StoredTrack[]): JoinedTrack {
  const chunks = outputs.toSorted((a, b) => a.startTicks - b.startTicks)
  const first = chunks[0]
  if (first === undefined) throw new ChunksDoNotJoin('no-chunks', 'a track needs at least one chunk')
  for (const chunk of chunks) checkSameTrack(first, chunk)
  checkTimeline(chunks)
  const segments = chunks.flatMap((chunk) => chunk.segments)
  checkNumbers(first.name, segments)
  const { startTicks: _, ...track } = first
  return { ...track, segments, samples: chunks.reduce((sum, chunk) => sum + chunk.samples, 0) }
}

/** Length of some segments in ticks. */
export const ticksOf = (segments: readonly { readonly durationTicks: number }[]): number =>
  segments.reduce((sum, segment) => sum + segment.durationTicks, 0)

/** Length of a whole track in seconds. */
export const trackSeconds = (track: MediaTrack): number => ticksOf(track.segments) / track.timescale

const SAME = ['name', 'codecs', 'timescale', 'width', 'height', 'channels', 'sampleRate'] as const

function checkSameTrack(first: StoredTrack, chunk: StoredTrack): void {
  if (first.protection?.keyId !== chunk.protection?.keyId)
    throw new ChunksDoNotJoin('same-track', `chunks of ${first.name} differ in their key`)
  const differs = SAME.find((field) => first[field] !== chunk[field])
  if (differs) {
    const both = `${first[differs]} and ${chunk[differs]}`
    throw new ChunksDoNotJoin('same-track', `chunks of ${first.name} differ in ${differs}: ${both}`)
  }
  if (first.initSha256 === chunk.initSha256) return
  throw new ChunksDoNotJoin(
    'same-init',
    `chunk at ${chunk.startTicks} of ${first.name} needs another init segment`,
  )
}

function checkTimeline(chunks: readonly StoredTrack[]): void {
  let expected = 0
  for (const chunk of chunks) {
    const off = chunk.startTicks - expected
    const message = `${chunk.name}: a chunk starts at tick ${chunk.startTicks}, expected ${expected}`
    if (off !== 0) throw new ChunksDoNotJoin(off > 0 ? 'gap' : 'overlap', message)
    expected += ticksOf(chunk.segments)
  }
}

function checkNumbers(name: string, segments: readonly Segment[]): void {
  const at = segments.findIndex((segment, index) => segment.number !== index + 1)
  const wrong = segments[at]
  if (wrong === undefined) return
  const message = `${name}: segment number ${wrong.number} stands where ${at + 1} was expected`
  throw new ChunksDoNotJoin('segment-numbers', message)
}
