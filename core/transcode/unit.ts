import type {
  AudioTask,
  StillsOutput,
  StillsTask,
  TrackOutput,
  VideoOutput,
  VideoTask,
} from '../ports/media.ts'

type Planned<T> = Omit<T, 'source' | 'report' | 'preview'>

/** What one unit is to do. The source's URL and report are added when it runs: URLs expire, reports are large. */
export type UnitSpec =
  | { readonly kind: 'probe' }
  | ({ readonly kind: 'video'; readonly group: RungGroup } & Planned<VideoTask>)
  | ({ readonly kind: 'audio' } & Planned<AudioTask>)
  | ({ readonly kind: 'stills' } & Planned<StillsTask>)

/** Rungs that are encoded from one decode. `low` of the whole timeline comes first: that makes a film playable. */
export type RungGroup = 'low' | 'high' | 'top'

export type UnitOutput =
  | { readonly kind: 'probe' }
  | ({ readonly kind: 'video' } & VideoOutput)
  | { readonly kind: 'audio'; readonly track: TrackOutput }
  | ({ readonly kind: 'stills' } & StillsOutput)

/** The first unit of every film; the others are `video/<group>/<chunk>`, `audio/<track>` and `stills`. */
export const PROBE_UNIT = 'probe'
