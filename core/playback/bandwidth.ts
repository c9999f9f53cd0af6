import type { FilmTracks, MediaTrack } from './film-tracks.ts'

/** Measured bit rates in bits per second, whole: what the network carries, container included. */
export interface BitRate {
  /** All bits over the whole duration: AVERAGE-BANDWIDTH. */
  readonly average: number
  /** Largest rate over any run of segments that lasts half to one and a half target durations: BANDWIDTH. */
  readonly peak: number
}

/** A stretch of media in one file or byte range. */
interface Piece {
  readonly durationTicks: number
  readonly sizeBytes: number
}

/** Target duration in seconds of pieces: the longest, rounded as RFC 8216 4.3.3.1 wants it, at least 1. */
export function targetSeconds(tracks: readonly { timescale: number; pieces: readonly Piece[] }[]): number {
  const longest = tracks.flatMap((t) => t.pieces.map((piece) => piece.durationTicks / t.timescale))
  return longest.reduce((target, seconds) => Math.max(target, Math.round(seconds)), 1)
}

/** One target for all tracks of a film: audio and video playlists must agree (Apple HLS authoring rule 8.2). */
export const filmTargetSeconds = (film: Pick<FilmTracks, 'video' | 'audio'>): number =>
  targetSeconds([...film.video, ...film.audio].map((t) => ({ timescale: t.timescale, pieces: t.segments })))

/** Bit rate of one track by itself; `target` in seconds is the track's own where not told. */
export const averageAndPeak = (track: MediaTrack, target = ownTarget(track)): BitRate =>
  bitRate(track.segments, track.timescale, target)

const ownTarget = ({ timescale, segments }: MediaTrack) => targetSeconds([{ timescale, pieces: segments }])

/** Bit rate of a variant: its video with the heaviest audio of its group (Apple rules 1.26 and 1.27). */
export function variantBitRate(video: MediaTrack, audio: readonly MediaTrack[], target: number): BitRate {
  const own = averageAndPeak(video, target)
  const heard = audio.map((track) => averageAndPeak(track, target))
  const most = (of: keyof BitRate) => Math.max(0, ...heard.map((rate) => rate[of]))
  return {
    average: own.average + most('average'),
    peak: own.peak + most('peak'),
  }
}

/** Measures pieces that follow each other. Both figures are 0 for no pieces. */
export function bitRate(pieces: readonly Piece[], timescale: number, target: number): BitRate {
  const seconds = pieces.reduce((sum, piece) => sum + piece.durationTicks, 0) / timescale
  if (seconds === 0) return { average: 0, peak: 0 }
  const bytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0)
  const average = Math.ceil((bytes * 8) / seconds)
  // A film shorter than half the target has no window of its own; and a peak below the average makes no sense.
  const peak = Math.max(average, peakOf(pieces, timescale, target))
  return { average, peak }
}

function peakOf(pieces: readonly Piece[], timescale: number, target: number): number {
  let peak = 0
  for (let from = 0; from < pieces.length; from++) {
    let ticks = 0
    let bytes = 0
    for (const piece of runFrom(pieces, from)) {
      ticks += piece.durationTicks
      bytes += piece.sizeBytes
      const seconds = ticks / timescale
      if (seconds > target * 1.5) break
      if (seconds >= target * 0.5) peak = Math.max(peak, Math.ceil((bytes * 8) / seconds))
    }
  }
  return peak
}

function* runFrom(pieces: readonly Piece[], from: number): Generator<Piece> {
  for (let i = from; i < pieces.length; i++) yield pieces[i] as Piece
}
