import type { VideoTask } from '../../core/ports/media.ts'
import type { Engine } from './engine.ts'
import { type FrameClock, secondsAt } from './grid.ts'
import { lookAt } from './probe-input.ts'
import { runTool } from './run.ts'

/** Where to begin decoding for a chunk, and what the pictures there are like. */
export interface Entry {
  /** Frame of the output grid to seek to; 0 is the film's beginning and no seek. */
  readonly frame: number
  /** Frame from which the grid is filled: no later than the first picture, which may be the only one that is left. */
  readonly from: number
  readonly look: Look
}
/** What the decoder reports; colour is `unknown` where the source does not say. */
export interface Look {
  /** Pixels as they are stored, after ffmpeg turned them; absent where nothing was decoded. */
  readonly size?: { readonly width: number; readonly height: number }
  /** ffmpeg turns or flips the pictures before our filters. */
  readonly turned: boolean
  readonly matrix: string
  readonly range: string
}

/** How long before the chunk to begin. Longer ones serve sources with rare key frames or long frozen pictures. */
const PREROLL_SECONDS = [2, 10, 40, 160]
const SHOWN = /\] n: *0 pts:.* pts_time:(-?[\d.]+)/
/** Formats without a matrix; decoders seldom tag them. */
const RGB = / fmt:\S*(rgb|bgr|gbr|pal8)/
const COLOUR = /color_range:(\S+) color_space:(\S+)/
/** Written in one word until ffmpeg 7. */
const TURNED = /display ?matrix/i
const SIZE = /\] n: *0 pts:.* s:(\d+)x(\d+) /

/**
 * Finds a place to seek to from which the first decoded picture comes no later than the chunk's first frame: some
 * containers seek into the middle of a group of pictures, where decoding begins only at the next key frame. Decodes one
 * picture for each try.
 */
export async function findEntry(
  engine: Engine,
  task: VideoTask,
  { clock, signal }: { clock: FrameClock; signal: AbortSignal },
): Promise<Entry> {
  const { startSeconds } = task.report
  const shown = Math.min(task.firstFrame, lastShown(task, clock))
  const due = secondsAt(clock, shown) + startSeconds
  for (const seconds of PREROLL_SECONDS) {
    const frame = shown - Math.ceil((seconds * clock.rate.num) / clock.rate.den)
    if (frame <= 0) break
    const first = await firstFrame(engine, task, { seekArgs: seekArgs(clock, frame), signal })
    if (!first || first.seconds > due) continue
    const from = Math.floor(((first.seconds - startSeconds) * clock.rate.num) / clock.rate.den)
    return { frame, from: Math.max(0, Math.min(from, frame)), look: first.look }
  }
  const first = await firstFrame(engine, task, { seekArgs: [], signal })
  return { frame: 0, from: 0, look: first?.look ?? { matrix: 'unknown', range: 'unknown', turned: false } }
}

/** Sound may go on after the picture. A chunk behind its end shows the last one, and has to find it. */
const lastShown = ({ report }: VideoTask, { rate }: FrameClock): number =>
  Math.floor(((report.video?.durationSeconds ?? report.durationSeconds) * rate.num) / rate.den)

/** `-ss` counts from the source's own beginning, also with `-copyts`. */
export const seekArgs = (clock: FrameClock, frame: number): string[] =>
  frame === 0 ? [] : ['-noaccurate_seek', '-ss', secondsAt(clock, frame).toFixed(9)]

async function firstFrame(
  engine: Engine,
  { source, report }: VideoTask,
  { seekArgs, signal }: { seekArgs: readonly string[]; signal: AbortSignal },
): Promise<{ seconds: number; look: Look } | undefined> {
  const { input } = lookAt(engine, source, signal)
  const from = ['-copyts', '-threads', '1', '-max_error_rate', '1', ...seekArgs, ...input]
  const one = ['-map', `0:${report.video?.streamIndex ?? 0}`, '-frames:v', '1', '-vf', 'showinfo=checksum=0']
  const args = ['-hide_banner', '-nostdin', '-nostats', ...from, ...one, '-f', 'null', '-']
  const { stderr } = await runTool(engine.ffmpeg, args, { signal })
  const seconds = SHOWN.exec(stderr)?.[1]
  const [, range, matrix] = COLOUR.exec(stderr) ?? []
  if (seconds === undefined) return undefined
  const look = {
    matrix: RGB.test(stderr) ? 'gbr' : (matrix ?? 'unknown'),
    range: range ?? 'unknown',
    turned: TURNED.test(stderr),
    ...sizeIn(stderr),
  }
  return { seconds: Number(seconds), look }
}

function sizeIn(log: string): Pick<Look, 'size'> {
  const [, width, height] = SIZE.exec(log) ?? []
  return width && height ? { size: { width: Number(width), height: Number(height) } } : {}
}
