import { checkReached, isVerdict, type Looking } from './probe-input.ts'
import { runTool } from './run.ts'

/** What is to be decoded: the streams' indexes in the file. */
export interface DecodeWish {
  readonly video: number | undefined
  readonly videoCodec: string
  readonly audio: readonly number[]
  /** Seconds from the film's beginning; absent: from there to the end. */
  readonly parts: readonly { readonly from: number; readonly seconds?: number }[]
  /** Whether to look for fields in the frames. */
  readonly fields: boolean
}
export interface Decoded {
  /** Frames (or blocks of sound) that were decoded, by stream index. */
  readonly frames: ReadonlyMap<number, number>
  /** Errors that the picture's decoder reported. */
  readonly pictureErrors: number
  /** Frames that hold two fields, and frames that do not, as far as that can be told. */
  readonly interlaced: number
  readonly progressive: number
  /** Streams that this build of ffmpeg has no decoder for. */
  readonly withoutDecoder: ReadonlySet<number>
}

const NO_DECODER = /Decoder \(codec [^)]*\) not found|Decoder not found/

/** Decodes the parts one after the other. A stream that cannot be decoded counts no frames; nothing is thrown for it. */
export async function decodeParts(looking: Looking, wish: DecodeWish): Promise<Decoded> {
  const counts = new Counts()
  const streams = [...(wish.video === undefined ? [] : [wish.video]), ...wish.audio]
  for (const part of wish.parts) await decodePart(looking, wish, { ...part, streams, counts })
  return counts
}

class Counts implements Decoded {
  readonly frames = new Map<number, number>()
  readonly withoutDecoder = new Set<number>()
  pictureErrors = 0
  interlaced = 0
  progressive = 0
}

interface Part {
  readonly from: number
  readonly seconds?: number
  readonly streams: readonly number[]
  readonly counts: Counts
}

async function decodePart(looking: Looking, wish: DecodeWish, part: Part): Promise<void> {
  const { engine, signal } = looking
  const { streams, counts } = part
  try {
    const onLine = (line: string) => {
      const stream = streams[Number(/^(\d+),/.exec(line)?.[1] ?? -1)]
      if (stream !== undefined) counts.frames.set(stream, (counts.frames.get(stream) ?? 0) + 1)
    }
    const { stderr } = await runTool(engine.ffmpeg, decodeArgs(looking, wish, part), { signal, onLine })
    checkReached(stderr)
    readLog(stderr, wish, part)
  } catch (error) {
    if (!isVerdict(error)) throw error
    // One stream that cannot be opened ends the whole command: each by itself tells which one it is.
    for (const stream of streams.length > 1 ? streams : [])
      await decodePart(looking, wish, { ...part, streams: [stream] })
    if (streams.length === 1) readLog(error.tail, wish, part)
  }
}

function decodeArgs({ input }: Looking, wish: DecodeWish, { from, seconds, streams }: Part): string[] {
  const fields = wish.fields && wish.video !== undefined && streams.includes(wish.video)
  return [
    ...['-hide_banner', '-loglevel', 'repeat+level+info', '-nostdin', '-nostats', '-max_error_rate', '1'],
    ...(from > 0 ? ['-ss', from.toFixed(3)] : []),
    ...input,
    ...(seconds === undefined ? [] : ['-t', String(seconds)]),
    ...streams.flatMap((index) => ['-map', `0:${index}`]),
    ...(fields ? ['-vf', 'idet'] : []),
    // One line for each frame. Wrapped frames are not copied, so that counting costs nothing.
    ...['-c:v', 'wrapped_avframe', '-f', 'framecrc', 'pipe:1'],
  ]
}

function readLog(log: string, { video, videoCodec }: DecodeWish, { streams, counts, from }: Part): void {
  const [only] = streams
  if (streams.length === 1 && only !== undefined && NO_DECODER.test(log)) counts.withoutDecoder.add(only)
  const fields = /Multi frame detection: TFF: *(\d+) BFF: *(\d+) Progressive: *(\d+)/.exec(log)
  counts.interlaced += Number(fields?.[1] ?? 0) + Number(fields?.[2] ?? 0)
  counts.progressive += Number(fields?.[3] ?? 0)
  // Behind a seek the first pictures may lack those that they refer to: there only broken bits mean damage.
  const damage = from > 0 ? /error while decoding|decode_slice|Invalid NAL/ : /./
  const ours = (line: string) =>
    line.includes('[error]') &&
    (line.includes(`[${videoCodec} @`) ? damage.test(line) : line.includes(`decoding stream #0:${video}:`))
  counts.pictureErrors += log.split('\n').filter(ours).length
}
