import { MediaFailed, type Sink, type SourceReport, type StillsTask } from '../../core/ports/media.ts'
import type {
  Beyond,
  RangedFilm,
  Thumbnailer,
  ThumbnailLimits,
  ThumbnailsOutcome,
} from '../../core/ports/thumbnailer.ts'
import { planEarlyStills } from '../../core/thumbnails/plan.ts'
import { lookAt } from './probe-input.ts'
import { Refused, Unopened } from './probe-streams.ts'
import { ownScratchFolder, withScratch } from './scratch.ts'
import { makeStills } from './stills.ts'
import { glanceAt } from './thumbnailer-look.ts'
import { TooManyBytes } from './wasm-range.ts'
import { FILM_PATH } from './wasm-range-files.ts'
import { type FilmWorker, startFilmWorker, WorkerBroken } from './wasm-worker-engine.ts'
import type { WasmWorkerFiles } from './wasm-worker-files.ts'

type Make = Thumbnailer['make']

export interface ThumbnailerOptions {
  /** For some pictures of a megabyte in all; the system's own temporary folder by default. */
  readonly scratchFolder?: string
  readonly files?: WasmWorkerFiles
}

/** The port on @ffmpeg/core in a worker thread, the same on every cloud: a thread for each film, gone with it. */
export function openThumbnailer(options: ThumbnailerOptions = {}): Thumbnailer {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    make: (film, sink, { limits, signal }) => {
      const time = AbortSignal.timeout(limits.wallSeconds * 1000)
      const within = { limits, signal: AbortSignal.any([signal, time]) }
      // Two decoders at once would be too much for the memory of a small function.
      const made = unlessAborted(turn, within.signal).then(() => makeWithin(options, film, sink, within))
      // Without their values, of which each would hold those of all before it.
      turn = Promise.allSettled([turn, made]).then(() => undefined)
      return made.catch((error: unknown) => outcomeOf(error, { signal, time }))
    },
  }
}

/** Who waits for a turn need not wait on when nobody wants it any more. */
function unlessAborted(turn: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const aborted = Promise.withResolvers<never>()
  const stop = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return Promise.race([turn, aborted.promise])
}

async function makeWithin(
  { scratchFolder = ownScratchFolder('skyreel-thumbnails'), files }: ThumbnailerOptions,
  ...[film, sink, { limits, signal }]: Parameters<Make>
): Promise<ThumbnailsOutcome> {
  signal.throwIfAborted()
  const { fetchBytes, heapBytes } = limits
  return withScratch(scratchFolder, async (folder) => {
    const worker = startFilmWorker(film, {
      ...{ folder, fetchBytes, heapBytes, signal },
      ...(files ? { files } : {}),
    })
    try {
      return await picturesBy(worker, film, { folder, sink, limits, signal })
    } finally {
      await worker.close()
    }
  })
}

async function picturesBy(
  worker: FilmWorker,
  { sizeBytes }: RangedFilm,
  { folder, sink, limits, signal }: { folder: string; sink: Sink } & Parameters<Make>[2],
): Promise<ThumbnailsOutcome> {
  const found = await glanceAt(lookAt(worker.engine, FILM_PATH, signal), sizeBytes)
  const task = found === 'no length' ? beyond('length-unknown', 'it does not tell') : taskOf(found, limits)
  if ('is' in task) return task
  const stills = await makeStills(worker.engine, folder, task, sink, { signal, progress: () => undefined })
  return { is: 'made', stills, durationSeconds: task.report.durationSeconds, cost: worker.cost() }
}

/** What to do for a film, or why not. */
function taskOf(
  { report, pixels }: { report: SourceReport; pixels: number },
  limits: ThumbnailLimits,
): StillsTask | ThumbnailsOutcome {
  const { video, durationSeconds } = report
  if (!video) return { is: 'nothing', because: 'it has no picture' }
  if (durationSeconds > limits.durationSeconds) return beyond('too-long', `${Math.round(durationSeconds)} s`)
  if (pixels > limits.pixels) return beyond('too-many-pixels', String(pixels))
  // The core has the parser of AV1 and no decoder.
  if (video.codec === 'av1') return beyond('codec', video.codec)
  return { source: FILM_PATH, report, ...planEarlyStills(report, video) }
}

const beyond = (reason: Beyond, detail: string): ThumbnailsOutcome => ({ is: 'beyond', reason, detail })

/** What the film did to its decoder is an outcome; the store's errors and the caller's own end are thrown on. */
function outcomeOf(
  error: unknown,
  { signal, time }: { signal: AbortSignal; time: AbortSignal },
): ThumbnailsOutcome {
  if (signal.aborted) throw signal.reason
  if (time.aborted) return beyond('out-of-time', 'its time is over')
  if (error instanceof TooManyBytes) return beyond('too-many-bytes', error.message)
  if (error instanceof Refused) return { is: 'nothing', because: error.message }
  if (error instanceof Unopened)
    return { is: 'nothing', because: `it cannot be opened: ${error.message.slice(-200)}` }
  if (error instanceof WorkerBroken) return beyond(error.because, error.tail.slice(-500))
  if (error instanceof MediaFailed) return beyond('failed', `${error.message}: ${error.tail.slice(-500)}`)
  throw error
}
