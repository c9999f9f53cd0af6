import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type {
  AudioTask,
  Grid,
  Rational,
  Rung,
  Sink,
  SourceAudio,
  SourceReport,
  SourceVideo,
  VideoTask,
  Watch,
} from '../../../core/ports/media.ts'
import type { Bench } from '../encode-video.ts'
import type { Engine } from '../engine.ts'

const run = promisify(execFile)

export const nativeEngine: Engine = {
  kind: 'native',
  version: 'of this machine',
  ffmpeg: { command: 'ffmpeg', args: [] },
  ffprobe: { command: 'ffprobe', args: [] },
}

/** What a test says of its film; the rest is that of a plain one. */
export interface Film {
  readonly path: string
  readonly rate: Rational
  readonly frames: number
  readonly startSeconds?: number
  readonly video?: Partial<SourceVideo>
  readonly audio?: readonly SourceAudio[]
}

export function reportOf({ rate, frames, startSeconds = 0, video, audio = [] }: Film): SourceReport {
  const durationSeconds = (frames * rate.den) / rate.num
  return {
    container: 'any',
    durationSeconds,
    startSeconds,
    sizeBytes: 1,
    audio,
    warnings: [],
    video: {
      streamIndex: 0,
      codec: 'any',
      displayWidth: 320,
      displayHeight: 180,
      frameRate: rate,
      variableFrameRate: false,
      durationSeconds,
      interlaced: false,
      hdr: undefined,
      rotationDegrees: 0,
      ...video,
    },
  }
}

export const rung = (name: string, width: number, height: number): Rung => ({
  name,
  width,
  height,
  averageBitsPerSecond: 300_000,
  maxBitsPerSecond: 600_000,
})

/** The tasks of a film cut every `gops` groups of pictures, two of which make a segment. */
export function tasksOf(
  film: Film,
  cut: { gopFrames: number; gops: number; rungs?: readonly Rung[] },
): VideoTask[] {
  const grid: Grid = {
    frameRate: film.rate,
    gopFrames: cut.gopFrames,
    segmentFrames: cut.gopFrames * 2,
    totalFrames: film.frames,
  }
  const length = cut.gopFrames * cut.gops
  return Array.from({ length: Math.ceil(film.frames / length) }, (_, i) => ({
    source: pathToFileURL(film.path).href,
    report: reportOf(film),
    grid,
    firstFrame: i * length,
    frames: Math.min(length, film.frames - i * length),
    rungs: cut.rungs ?? [rung('144p', 256, 144)],
  }))
}

/** The whole film as one task. */
export function wholeTask(film: Film, rungs?: readonly Rung[]): VideoTask {
  const [task] = tasksOf(film, { gopFrames: film.frames, gops: 1, ...(rungs && { rungs }) })
  if (!task) throw new Error('a film of no frame')
  return task
}

export function audioTask(film: Film, track: SourceAudio): AudioTask {
  const report = reportOf(film)
  const durationSeconds = report.durationSeconds
  return {
    source: pathToFileURL(film.path).href,
    report,
    track,
    name: 'audio-0',
    segmentSeconds: 2,
    durationSeconds,
  }
}

export const sound = (streamIndex: number, channels = 2, sampleRate = 48_000): SourceAudio => ({
  streamIndex,
  codec: 'any',
  channels,
  sampleRate,
  language: 'und',
})

export const unwatched = (): Watch => ({ signal: new AbortController().signal, progress: () => undefined })

/** Keeps what a task gives, by name. */
export class Shelf {
  readonly files = new Map<string, Uint8Array>()
  readonly sink: Sink = async (file) => {
    this.files.set(file.name, Buffer.concat(await Array.fromAsync(file.read())))
  }
  file(name: string): Uint8Array {
    const bytes = this.files.get(name)
    if (!bytes) throw new Error(`${name} was not given: ${[...this.files.keys()].join(' ')}`)
    return bytes
  }
  /** Init segment and all segments of a track, one after another. */
  track(name: string): Uint8Array {
    const numbers = [...this.files.keys()]
      .filter((key) => key.startsWith(`${name}/`) && key.endsWith('.m4s'))
      .map((key) => Number.parseInt(key.slice(name.length + 1), 10))
      .toSorted((a, b) => a - b)
    return Buffer.concat([
      this.file(`${name}/init.mp4`),
      ...numbers.map((n) => this.file(`${name}/${n}.m4s`)),
    ])
  }
}

/** A folder for one test, gone when it ends. */
export async function openFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'skyreel-media-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

export const benchIn = (scratch: string, engine = nativeEngine): Bench => ({ engine, scratch, threads: 2 })

/** Writes bytes to a file in `folder`. */
export async function placed(folder: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, `${process.hrtime.bigint()}.mp4`)
  await writeFile(path, bytes)
  return path
}

/** MD5 of each decoded picture or sound frame in order. */
export async function decoded(path: string, args: readonly string[] = []): Promise<string[]> {
  const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, ...args, '-f', 'framemd5', '-'], {
    maxBuffer: 1e8,
  })
  return md5Column(stdout)
}

export const md5Column = (framemd5: string): string[] =>
  framemd5
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '')

/** ffprobe's answer to `-show_entries`, parsed. */
export async function probed(
  path: string,
  entries: string,
): Promise<Record<string, Record<string, unknown>[]>> {
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', path]
  return JSON.parse((await run('ffprobe', args, { maxBuffer: 1e8 })).stdout)
}
