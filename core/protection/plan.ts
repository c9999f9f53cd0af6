import { joinChunks, type StoredTrack, ticksOf } from '../playback/film-tracks.ts'
import type { Segment } from '../ports/media.ts'
import { storedChunks } from '../transcode/film.ts'
import { GOPS_A_SEGMENT, type PlannedUnit, segmentSeconds } from '../transcode/plan.ts'
import { type ProtectSpec, protectPrefix, type TrackSpan } from '../transcode/unit.ts'
import type { Unit } from '../transcode/unit-store.ts'
import type { VideoRow } from '../video/show.ts'
import { type KeyLabel, keyLabelOf, type Protection } from './model.ts'

const CHUNK_SECONDS = 90
const PRIORITY = 50

/** A whole track as it lies in the store. */
interface Whole extends Pick<TrackSpan, 'stream' | 'label'> {
  readonly track: StoredTrack
}

/** The tracks of the film's published edition. Their names come from what was planned, their segments from what was made. */
export function publishedTracks({ edition }: Pick<VideoRow, 'edition'>, units: readonly Unit[]): Whole[] {
  const stored = storedChunks(units, edition)
  const track = (name: string) => ({ ...joinChunks(stored.get(name) ?? []), startTicks: 0 })
  return units.flatMap(({ spec }): Whole[] => {
    if (spec.kind === 'audio') return [{ stream: 'audio', label: 'AUDIO', track: track(spec.name) }]
    if (spec.kind !== 'video' || spec.firstFrame > 0) return []
    return spec.rungs.map((rung) => ({ stream: 'video', label: keyLabelOf(rung), track: track(rung.name) }))
  })
}

/** The labels that keys are needed for. */
export const labelsOf = (tracks: readonly Pick<Whole, 'label'>[]): KeyLabel[] => [
  ...new Set(tracks.map(({ label }) => label)),
]

export interface Change {
  readonly edition: number
  readonly from: ProtectSpec['from']
  readonly to: Protection
}

/** Everything to do for another encryption of a film: each track in stretches of about a minute and a half. */
export function planProtection(
  film: Pick<VideoRow, 'report'>,
  tracks: readonly Whole[],
  change: Change,
): PlannedUnit[] {
  const seconds = segmentSeconds(film.report?.video)
  return tracks.flatMap((whole) =>
    spansOf(whole, seconds).map((span, index) => ({
      name: `${protectPrefix(change.edition)}${whole.track.name}/${index}`,
      spec: { kind: 'protect', ...change, ...span },
      priority: PRIORITY,
      work: span.track.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    })),
  )
}

/** A whole track as stretches of whole segments. */
export function spansOf({ stream, label, track }: Whole, seconds: number): TrackSpan[] {
  const length = Math.max(1, Math.round(CHUNK_SECONDS / seconds))
  const count = Math.ceil(track.segments.length / length)
  return Array.from({ length: count }, (_, i) => {
    const before = track.segments.slice(0, i * length)
    return {
      ...{ stream, label, segmentSeconds: seconds },
      ...(stream === 'video' ? { fragmentSeconds: seconds / GOPS_A_SEGMENT } : {}),
      firstFragment: 1 + fragmentsOf(stream, before),
      track: stretchOf(track, before, track.segments.slice(i * length, (i + 1) * length)),
    }
  })
}

/** Sound is packaged with a fragment a segment, the picture with one for each group of pictures, which a key frame begins. */
const fragmentsOf = (stream: TrackSpan['stream'], segments: readonly Segment[]): number =>
  stream === 'audio' ? segments.length : segments.reduce((sum, { keyframes }) => sum + keyframes.length, 0)

function stretchOf(
  track: StoredTrack,
  before: readonly Segment[],
  segments: readonly Segment[],
): StoredTrack {
  return { ...track, segments, startTicks: ticksOf(before), samples: samplesOf(track, before, segments) }
}

/** Frames last equally long. Samples of sound are ticks, but those at the beginning that are not heard. */
function samplesOf(track: StoredTrack, before: readonly Segment[], segments: readonly Segment[]): number {
  const [whole, ticks] = [ticksOf(track.segments), ticksOf(segments)]
  if (track.width !== undefined) return Math.round((ticks * track.samples) / whole)
  return before.length === 0 ? ticks - (whole - track.samples) : ticks
}
