import { checkReached, isVerdict, type Looking } from './probe-input.ts'
import { runTool } from './run.ts'

/** The packets of one stream in a part of the file. Times in seconds of the file's own clock. */
export interface Packets {
  readonly count: number
  /** End of the last packet in time; `undefined` where no packet has a time. */
  readonly end: number | undefined
  /** Times of the first packets, as they come: of presentation, or of decoding where the container has only those. */
  readonly times: readonly number[]
  readonly encrypted: boolean
  /** Decoding times that go back: the clock starts again. */
  readonly restarts: boolean
}
export interface PacketsRead {
  readonly streams: ReadonlyMap<number, Packets>
  /** The container says that more should come. */
  readonly cutOff: boolean
}

const KEPT_TIMES = 400
/** Muxers let times of decoding slip by some frames; a clock that starts again goes back by more. */
const SLIP_SECONDS = 0.5
const SHOWN = 'packet=stream_index,pts_time,dts_time,duration_time:packet_side_data=side_data_type'

/**
 * Reads packets without decoding. `interval` in ffprobe's words (`%+3`: three seconds from the beginning, `57%`: from
 * there to the end); without it the whole file. A place that cannot be sought to holds no packets.
 */
export async function readPackets(looking: Looking, interval?: string): Promise<PacketsRead> {
  const { engine, input, signal } = looking
  const drafts = new Map<number, Draft>()
  const part = interval === undefined ? [] : ['-read_intervals', interval]
  const args = ['-v', 'error', ...part, '-show_entries', SHOWN, '-of', 'compact', ...input]
  const read = () => new Map([...drafts].map(([index, draft]) => [index, finished(draft)]))
  try {
    const { stderr } = await runTool(engine.ffprobe, args, { signal, onLine: (line) => take(drafts, line) })
    checkReached(stderr)
    return { streams: read(), cutOff: /partial file|ended prematurely/i.test(stderr) }
  } catch (error) {
    if (isVerdict(error)) return { streams: read(), cutOff: true }
    throw error
  }
}

interface Draft {
  count: number
  end: number | undefined
  shown: number[]
  decoded: number[]
  encrypted: boolean
  restarts: boolean
  latest: number
}

// AVI knows when frames are decoded; ffmpeg tells a time of presentation only for some of them.
const finished = ({ shown, decoded, latest: _, ...rest }: Draft): Packets => ({
  ...rest,
  times: shown.length >= decoded.length ? shown : decoded,
})

// packet|stream_index=0|pts_time=0.040000|dts_time=0.000000|duration_time=0.040000side_data|side_data_type=...|
function take(drafts: Map<number, Draft>, line: string): void {
  const index = /\bstream_index=(\d+)/.exec(line)?.[1]
  if (index === undefined) return
  const field = (name: string) => Number.parseFloat(new RegExp(`\\b${name}=([^|]*)`).exec(line)?.[1] ?? '')
  const draft = drafts.get(Number(index)) ?? {
    count: 0,
    end: undefined,
    shown: [],
    decoded: [],
    encrypted: false,
    restarts: false,
    latest: -Infinity,
  }
  const [pts, dts] = [field('pts_time'), field('dts_time')]
  const end = (Number.isNaN(pts) ? dts : pts) + (field('duration_time') || 0)
  draft.count += 1
  if (!Number.isNaN(end)) draft.end = Math.max(draft.end ?? end, end)
  if (!Number.isNaN(pts) && draft.shown.length < KEPT_TIMES) draft.shown.push(pts)
  if (!Number.isNaN(dts) && draft.decoded.length < KEPT_TIMES) draft.decoded.push(dts)
  draft.restarts ||= dts < draft.latest - SLIP_SECONDS
  if (!Number.isNaN(dts)) draft.latest = dts
  draft.encrypted ||= line.includes('Encryption info')
  drafts.set(Number(index), draft)
}
