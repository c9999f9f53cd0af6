import type { VideoTask } from '../../core/ports/media.ts'
import type { Engine } from './engine.ts'
import { type FrameClock, secondsAt } from './grid.ts'
import { lookAt } from './probe-input.ts'
import { runTool } from './run.ts'

/** Where to begin decoding for a chunk, and what the pictures there are like. */
export interface Entry {
  /** Frame of the output grid to seek to; 0 is the film's beginning and no seek. */
  readonly frame: number
  readonly look: Look
}
/** Colour as the decoder reports it; `unknown` where the source does not say. */
export interface Look {
  readonly matrix: string
  readonly range: string
}

/** How long before the chunk to begin. Longer ones serve sources with rare key frames or long frozen pictures. */
const PREROLL_SECONDS = [2, 10, 40, 160]
const SHOWN = /\] n: *0 pts:.* pts_time:(-?[\d.]+)/
/** Formats without a matrix; decoders seldom tag them. */
const RGB = / fmt:\S*(rgb|bgr|gbr|pal8)/
const COLOUR = /color_range:(\S+) color_space:(\S+)/

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
  const due = secondsAt(clock, task.firstFrame) + task.report.startSeconds
  for (const seconds of PREROLL_SECONDS) {
    const frame = task.firstFrame - Math.ceil((seconds * clock.rate.num) / clock.rate.den)
    if (frame <= 0) break
    const first = await firstFrame(engine, task, { seekArgs: seekArgs(clock, frame), signal })
    if (first && first.seconds <= due) return { frame, look: first.look }
  }
  const first = await firstFrame(engine, task, { seekArgs: [], signal })
  return { frame: 0, look: first?.look ?? { matrix: 'unknown', range: 'unknown' } }
}

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
  const rgb = RGB.test(stderr)
  if (seconds === undefined) return undefined
  return {
    seconds: Number(seconds),
    look: { matrix: rgb ? 'gbr' : (matrix ?? 'unknown'), range: range ?? 'unknown' },
  }
}
