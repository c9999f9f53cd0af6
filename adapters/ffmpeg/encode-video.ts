import { join } from 'node:path'
import type { Rung, VideoTask, Watch } from '../../core/ports/media.ts'
import { damageIn, type Part, withErrorsOnly } from './damage.ts'
import type { Engine } from './engine.ts'
import { chunkGraph, oneGraph, rungLabel, widestFirst } from './filters.ts'
import { findEntry, seekArgs } from './first-frame.ts'
import { type FrameClock, frameClock, secondsAt } from './grid.ts'
import { lookAt } from './probe-input.ts'
import { runTool } from './run.ts'

export interface EncodedRung {
  readonly rung: Rung
  /** Name of an MP4 file in the scratch folder. */
  readonly file: string
}
export interface EncodedChunk {
  readonly rungs: readonly EncodedRung[]
  /** About where the decoder reported errors inside the chunk. */
  readonly damage: Part | undefined
}
export interface Bench {
  readonly engine: Engine
  /** An empty folder for this task alone. */
  readonly scratch: string
  /** Threads for decoder and large rungs; more of them shorten the wait and cost CPU. */
  readonly threads: number
}

/**
 * Encodes a chunk for all its rungs with one decode: H.264 High, closed groups of pictures on the grid. Each file has
 * a timeline from zero. Reports progress in 0..1. Throws `MediaFailed`, also when no picture can be decoded.
 */
export async function encodeChunk(bench: Bench, task: VideoTask, watch: Watch): Promise<EncodedChunk> {
  const clock = frameClock(task.grid.frameRate)
  const entry = await findEntry(bench.engine, task, { clock, signal: watch.signal })
  const rungs = widestFirst(task.rungs).map((rung, i) => ({ rung, file: `${rungLabel(i)}.mp4` }))
  const onLine = reportFrames(task.frames, watch)
  const { input } = lookAt(bench.engine, task.source, watch.signal)
  const args = [
    ...['-hide_banner', '-nostdin', '-nostats', '-progress', 'pipe:1', '-stats_period', '0.5'],
    ...['-loglevel', 'repeat+level+info', '-max_error_rate', '1'],
    ...['-copyts', '-threads', decoderThreads(bench), ...oneGraph(entry), ...seekArgs(clock, entry.frame)],
    ...input,
    ...['-filter_complex_threads', '1', '-filter_complex', chunkGraph(task, entry, clock)],
    ...rungs.flatMap((rung, i) => outputArgs(bench, task, { ...rung, clock, label: rungLabel(i) })),
  ]
  const { stderr } = await withErrorsOnly(() =>
    runTool(bench.engine.ffmpeg, args, { signal: watch.signal, onLine }),
  )
  return { rungs, damage: damageOf(task, stderr) }
}

/** A chunk behind the last picture has none of its own: what was decoded for it lies in another one. */
function damageOf({ report, grid, firstFrame, frames }: VideoTask, log: string): Part | undefined {
  const clock = frameClock(grid.frameRate)
  const [from, to] = [secondsAt(clock, firstFrame), secondsAt(clock, firstFrame + frames)]
  return from >= (report.video?.durationSeconds ?? to) ? undefined : damageIn(log, { from, to })
}

/** Half of them: with as many as there are processors, decoding costs 3 % more CPU and is no sooner done. */
const decoderThreads = ({ threads }: Bench): string => String(Math.max(1, Math.floor(threads / 2)))

/** Below this short side the pictures are so small that a second thread costs more than it brings. */
const THREADED_SIDE = 720

interface Output extends EncodedRung {
  readonly clock: FrameClock
  readonly label: string
}

function outputArgs(bench: Bench, { grid }: VideoTask, { rung, file, clock, label }: Output): string[] {
  const gop = String(grid.gopFrames)
  const threads = Math.min(rung.width, rung.height) < THREADED_SIDE ? 1 : bench.threads
  return [
    ...['-map', `[${label}]`, ...timesAsTheyAre(bench.engine)],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-pix_fmt', 'yuv420p', '-crf', '23'],
    ...['-maxrate', String(rung.maxBitsPerSecond), '-bufsize', String(2 * rung.maxBitsPerSecond)],
    ...['-g', gop, '-keyint_min', gop, '-sc_threshold', '0', '-x264-params', 'open-gop=0'],
    ...['-color_primaries', 'bt709', '-color_trc', 'bt709', '-colorspace', 'bt709', '-color_range', 'tv'],
    ...['-threads', String(threads), '-flags:v', '+bitexact', '-fflags', '+bitexact', '-map_metadata', '-1'],
    ...['-map_chapters', '-1', '-video_track_timescale', String(clock.timescale), '-f', 'mp4'],
    ...['-y', join(bench.scratch, file)],
  ]
}

/** Neither doubles nor drops frames to suit the muxer. The option has its present name since ffmpeg 5.1. */
function timesAsTheyAre({ version }: Engine): string[] {
  const [, major = '9', minor = '0'] = /^(\d+)\.(\d+)/.exec(version) ?? []
  const old = Number(major) < 5 || (major === '5' && minor === '0')
  return [old ? '-vsync' : '-fps_mode', 'passthrough']
}

function reportFrames(frames: number, { progress }: Watch): (line: string) => void {
  return (line) => {
    const done = /^frame=\s*(\d+)/.exec(line)?.[1]
    if (done !== undefined) progress(Math.min(1, Number(done) / frames))
  }
}
