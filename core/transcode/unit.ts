import type { StoredTrack } from '../playback/film-tracks.ts'
import type { AudioTask, StillsOutput, StillsTask, VideoOutput, VideoTask } from '../ports/media.ts'
import type { KeyLabel, Protection } from '../protection/model.ts'

/** Neither the source nor keys: URLs expire, and keys stand nowhere but in the key rows. */
type Planned<T> = Omit<T, 'source' | 'report' | 'preview' | 'encryption'>

/** What one unit is to do. The source's URL and report are added when it runs: URLs expire, reports are large. */
export type UnitSpec =
  | { readonly kind: 'probe' }
  | ({ readonly kind: 'video'; readonly group: RungGroup } & Planned<VideoTask>)
  | ({ readonly kind: 'audio' } & Planned<AudioTask>)
  | ({ readonly kind: 'stills' } & Planned<StillsTask>)
  | ({ readonly kind: 'protect' } & ProtectSpec)

/** Rungs that are encoded from one decode. `low` of the whole timeline comes first: that makes a film playable. */
export type RungGroup = 'low' | 'high' | 'top'

/** A stretch of whole segments of one stored track. */
export interface TrackSpan {
  readonly stream: 'video' | 'audio'
  readonly label: KeyLabel
  /** Its segments as they lie there now. */
  readonly track: StoredTrack
  /** Number of the first movie fragment over the whole film, from 1. */
  readonly firstFragment: number
  readonly segmentSeconds: number
  /** Of video: a group of pictures. */
  readonly fragmentSeconds?: number
}

/** Encrypt a stretch of one track anew, from one edition of the film to the next. */
export interface ProtectSpec extends TrackSpan {
  readonly edition: number
  readonly from: { readonly edition: number; readonly protection: Protection }
  readonly to: Protection
}

export type UnitOutput =
  | { readonly kind: 'probe' }
  | ({ readonly kind: 'video'; readonly tracks: readonly StoredTrack[] } & Omit<VideoOutput, 'tracks'>)
  | { readonly kind: 'audio'; readonly track: StoredTrack }
  | ({ readonly kind: 'stills' } & StillsOutput)
  | { readonly kind: 'protect'; readonly track: StoredTrack }

/** The first unit of every film; the others are `video/<group>/<chunk>`, `audio/<track>` and `stills`. */
export const PROBE_UNIT = 'probe'

/** Units of one encryption anew: `protect/<edition>/<track>/<chunk>`. */
export const protectPrefix = (edition: number): string => `protect/${edition}/`
