import type { Media, SourceReport, Watch } from '../../core/ports/media.ts'
import type { Engine } from './engine.ts'
import { clockRestarts, type Timeline } from './probe-clock.ts'
import { type Decoded, decodeParts } from './probe-decode.ts'
import { type Chosen, chooseStreams, promiseOf } from './probe-facts.ts'
import { beginningOf, type Looking, lookAt } from './probe-input.ts'
import { checkBeginning, opened } from './probe-open.ts'
import { report } from './probe-report.ts'
import { type Promised, type Span, spanOf } from './probe-span.ts'
import { type Found, Refused } from './probe-streams.ts'

/**
 * Looks at a film (`file:` or `http(s):` URL, or a path): its container, its streams, the packets and the decoded
 * pictures of both its ends. What cannot be processed is answered as a typed refusal; a source that cannot be reached
 * throws `MediaFailed`. Costs some seconds of decoding, whatever the film's length.
 */
export async function probeSource(engine: Engine, source: string, watch: Watch): ReturnType<Media['probe']> {
  try {
    return { report: await examine(engine, source, watch) }
  } catch (error) {
    if (error instanceof Refused) return { refused: error.refusal }
    throw error
  }
}

async function examine(engine: Engine, source: string, watch: Watch): Promise<SourceReport> {
  const looking = lookAt(engine, source, watch.signal)
  const beginning = await beginningOf(source, watch.signal)
  checkBeginning(beginning)
  const found = await opened(looking, beginning)
  const chosen = chooseStreams(found)
  watch.progress(0.2)
  const promised = { ...promiseOf(found, chosen), kept: new Set(indexesOf(chosen)) }
  const span = await realSpan(looking, promised, chosen)
  watch.progress(0.5)
  const film = { start: promised.start, end: endOf(span, promised) }
  const decoded = await decodedEnds(looking, chosen, { ...film, whole: span.whole })
  const restarts = await startsAgain(looking, found, {
    span,
    ...promised,
    ...film,
    sizeBytes: beginning.sizeBytes,
  })
  watch.progress(1)
  return report({ restarts, found, chosen, span, decoded, film, sizeBytes: beginning.sizeBytes, promised })
}

/** Only transport streams can be put one after the other as they are. A short film's packets were all seen. */
async function startsAgain(
  looking: Looking,
  { format }: Found,
  { span, kept, ...timeline }: Timeline & { readonly span: Span; readonly kept: ReadonlySet<number> },
): Promise<boolean> {
  const seen = [...span.head, ...span.tail].some(([index, { restarts }]) => restarts && kept.has(index))
  return seen || (!span.whole && format.format_name === 'mpegts' && clockRestarts(looking, timeline))
}

const indexesOf = ({ video, audio }: Chosen) =>
  [...(video ? [video] : []), ...audio].map(({ index }) => index)

const LONGEST_SECONDS = 24 * 3600
const SHORTEST_SECONDS = 0.1

async function realSpan(looking: Looking, promised: Promised, chosen: Chosen): Promise<Span> {
  const { start, end } = promised
  if (end !== undefined && end - start > LONGEST_SECONDS) throw tooLong(end - start)
  const span = await spanOf(looking, promised)
  if (!span) throw new Refused('nothing-decodes')
  const packets = [...span.head.values(), ...span.tail.values()]
  if (packets.some(({ encrypted }) => encrypted)) throw new Refused('drm-protected')
  checkLength(span, promised)
  checkFrames(span, promised, chosen)
  return span
}

const tooLong = (seconds: number) => new Refused('too-long', `${(seconds / 3600).toFixed(1)} hours`)

function checkLength(span: Span, { start, end }: Promised): void {
  const length = span.end - start
  if (length > LONGEST_SECONDS) throw tooLong(length)
  const missing = (end ?? span.end) - span.end
  if (end === undefined || missing <= 1 || missing <= 0.02 * (end - start)) return
  throw new Refused('truncated', `ends after ${length.toFixed(1)} s of ${(end - start).toFixed(1)} s`)
}

function checkFrames(span: Span, { start }: Promised, { video, audio }: Chosen): void {
  const pictures = video && span.head.get(video.index)?.count
  const single = pictures === 1 && span.whole && audio.length === 0
  if (single && ['gif', 'apng'].some((name) => name === video?.codec_name)) throw new Refused('still-image')
  if (single) throw new Refused('too-short', 'a single frame')
  if (span.end - start < SHORTEST_SECONDS)
    throw new Refused('too-short', `${(span.end - start).toFixed(3)} s`)
}

// The container knows about padding that packets carry; beyond half a second it does not know its film.
function endOf(span: Span, { end }: Promised): number {
  return end === undefined || Math.abs(span.end - end) > 0.5 ? span.end : Math.min(span.end, end)
}

const END_SECONDS = 3
/** Interlaced pictures have the heights of television. Looking for fields elsewhere finds them where none are. */
const TELEVISION = new Set([480, 486, 512, 576, 608, 1080, 1088])

async function decodedEnds(
  looking: Looking,
  { video, audio }: Chosen,
  { start, end, whole }: { start: number; end: number; whole: boolean },
): Promise<Decoded> {
  const length = end - start
  const both = [{ from: 0, seconds: END_SECONDS }, { from: length - END_SECONDS }]
  const wish = {
    video: video?.index,
    videoCodec: video?.codec_name ?? '',
    audio: audio.map(({ index }) => index),
    parts: whole && length <= 4 * END_SECONDS ? [{ from: 0 }] : both,
    fields: (video?.field_order ?? 'unknown') === 'unknown' && TELEVISION.has(video?.height ?? 0),
  }
  const ends = await decodeParts(looking, wish)
  if (video && !ends.frames.has(video.index)) {
    if (
      ends.withoutDecoder.has(video.index) ||
      (video.codec_name === 'av1' && looking.engine.kind === 'wasm')
    )
      throw new Refused('unsupported-codec', video.codec_name)
    // Both ends can be damaged and the film between them whole.
    const middle = await decodeParts(looking, {
      ...wish,
      parts: [{ from: length / 2, seconds: END_SECONDS }],
    })
    if (!middle.frames.has(video.index))
      throw new Refused('nothing-decodes', `no picture of the ${video.codec_name} stream`)
  }
  if (!video && ends.frames.size === 0) throw new Refused('nothing-decodes')
  return ends
}
