import type { Sink, StillsOutput } from './media.ts'

/** A film as the store has it: its size, and any bytes of it. */
export interface RangedFilm {
  readonly sizeBytes: number
  /** Exactly the bytes from `start` to `end`, both counted from 0 and `end` inclusive. What it throws ends the work. */
  read(start: number, end: number): Promise<Uint8Array>
}

/** What pictures of one film may cost. Where one of them is reached the work ends as `beyond`. */
export interface ThumbnailLimits {
  /** Of the film. */
  readonly durationSeconds: number
  /** Of the film's picture, width times height. */
  readonly pixels: number
  /** From the call to its end, waiting for a film before it included. */
  readonly wallSeconds: number
  /** Read from the film, whatever is read twice counted twice. */
  readonly fetchBytes: number
  /** Memory of the decoder. */
  readonly heapBytes: number
}

export type Beyond =
  | 'too-large'
  | 'too-long'
  | 'length-unknown'
  | 'too-many-pixels'
  | 'codec'
  | 'out-of-time'
  | 'too-many-bytes'
  | 'out-of-memory'
  | 'crashed'
  | 'failed'

export type ThumbnailsOutcome =
  | {
      readonly is: 'made'
      readonly stills: StillsOutput
      readonly durationSeconds: number
      readonly cost: { readonly fetchedBytes: number; readonly heapBytes: number }
    }
  /** Better tools may still make them. */
  | { readonly is: 'beyond'; readonly reason: Beyond; readonly detail: string }
  /** Nobody can make them: the film has no picture, or this is no film. */
  | { readonly is: 'nothing'; readonly because: string }

/**
 * Makes the poster and one storyboard sheet of a film inside this process, from byte ranges of it. One film at a time:
 * others wait. The decoder's crash is an outcome and never the process' own. The sink may have got some pictures of a
 * work that ends otherwise than `made`. An aborted signal throws the signal's reason.
 */
export interface Thumbnailer {
  make(
    film: RangedFilm,
    sink: Sink,
    at: { readonly limits: ThumbnailLimits; readonly signal: AbortSignal },
  ): Promise<ThumbnailsOutcome>
}
