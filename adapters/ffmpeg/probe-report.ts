import type { SourceReport, SourceWarning } from '../../core/ports/media.ts'
import type { Decoded } from './probe-decode.ts'
import { audioFacts, type Chosen, containerOf, rounded, videoFacts } from './probe-facts.ts'
import type { Promised, Span } from './probe-span.ts'
import type { Found } from './probe-streams.ts'

/** All that the probe has seen. */
export interface Seen {
  readonly found: Found
  readonly chosen: Chosen
  readonly span: Span
  readonly decoded: Decoded
  readonly film: { readonly start: number; readonly end: number }
  readonly promised: Promised
  readonly sizeBytes: number
  /** The file's clock starts again on the way. */
  readonly restarts: boolean
}

export function report(seen: Seen): SourceReport {
  const { found, chosen, span, decoded, film, sizeBytes } = seen
  const facts = chosen.video && videoFacts(chosen.video, span, film)
  const interlaced = facts?.interlaced || decoded.interlaced > Math.max(10, decoded.progressive)
  return {
    container: containerOf(found),
    durationSeconds: rounded(film.end - film.start),
    startSeconds: film.start,
    sizeBytes,
    ...(facts ? { video: { ...facts, interlaced } } : {}),
    audio: chosen.audio.filter(({ index }) => decoded.frames.has(index)).map(audioFacts),
    warnings: [
      ...warnings(seen),
      ...(facts?.variableFrameRate ? [VARIABLE] : []),
      ...(seen.restarts ? [RESTARTS] : []),
    ],
  }
}

const VARIABLE: SourceWarning = {
  code: 'variable-frame-rate',
  message: 'The frames come at uneven times. They are put onto an even rate.',
}

const RESTARTS: SourceWarning = {
  code: 'clock-restarts',
  message:
    'The file is several films put one after the other, and each counts its time from the beginning. Parts of it are left out. Join them with a video editor and upload that.',
}

function* warnings({ chosen, decoded, span, film, promised }: Seen): Iterable<SourceWarning> {
  if (decoded.pictureErrors > 0)
    yield {
      code: 'corrupt-frames',
      message: 'Parts of the picture are damaged. They play as well as they can.',
    }
  const missing = (promised.end ?? film.end) - film.end
  if (span.cutOff || missing > 0.5)
    yield {
      code: 'truncated',
      message: `The end is missing. The film plays for ${(film.end - film.start).toFixed(1)} s.`,
    }
  for (const { index, codec_name = 'unknown' } of chosen.audio)
    if (!decoded.frames.has(index))
      yield {
        code: 'audio-unreadable',
        message: `The sound track ${index} (${codec_name}) cannot be read and is left out.`,
      }
}
