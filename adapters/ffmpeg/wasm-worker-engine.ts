import { Worker } from 'node:worker_threads'
import { MediaFailed } from '../../core/ports/media.ts'
import type { RangedFilm } from '../../core/ports/thumbnailer.ts'
import type { Engine } from './engine.ts'
import { type RunOptions, type RunResult, type Tool, ToolFailed } from './run.ts'
import { openFilmBlocks } from './wasm-range.ts'
import type { RunRequest, WorkerStart, WorkerWord } from './wasm-worker.ts'
import { type WasmWorkerFiles, wasmWorkerFiles } from './wasm-worker-files.ts'

export interface FilmWorkerOptions {
  /** The only folder of this machine that ffmpeg sees, for what it writes. */
  readonly folder: string
  readonly fetchBytes: number
  readonly heapBytes: number
  /** Ends the worker wherever it stands. */
  readonly signal: AbortSignal
  readonly files?: WasmWorkerFiles
}

/** ffmpeg and ffprobe in a worker thread, over one film that they see as `FILM_PATH`. */
export interface FilmWorker {
  readonly engine: Engine
  cost(): { readonly fetchedBytes: number; readonly heapBytes: number }
  /** Ends the thread, whatever it does. */
  close(): Promise<void>
}

/** The worker is gone, and its film was too much for it. */
export class WorkerBroken extends MediaFailed {
  readonly because: 'crashed' | 'out-of-memory'
  constructor(because: 'crashed' | 'out-of-memory', tail: string, options?: ErrorOptions) {
    super(`the WebAssembly core ended: ${because}`, tail, options)
    this.because = because
  }
}

/** A key frame and little more. Larger ones were measured to fetch twice as much, smaller ones to ask twice as often. */
const BLOCK_BYTES = 256 * 1024
/** 8 MB: an index of an hour, and what picture and sound are read from. */
const KEPT_BLOCKS = 32
/** The worker's own JavaScript is small; film and core lie outside of its heap. */
const RESOURCES = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 }

/**
 * Starts the thread. What its tools throw: `ToolFailed` for a status, `WorkerBroken` for a crash, the error of the film's
 * own `read`, `TooManyBytes`, the signal's reason. After any but the first it must not be used again.
 */
export function startFilmWorker(film: RangedFilm, options: FilmWorkerOptions): FilmWorker {
  const { signal, folder, heapBytes, files = wasmWorkerFiles() } = options
  const blocks = openFilmBlocks(film, {
    blockBytes: BLOCK_BYTES,
    keep: KEPT_BLOCKS,
    fetchBytes: options.fetchBytes,
  })
  const shared = new SharedArrayBuffer(8 + BLOCK_BYTES)
  const start: WorkerStart = {
    core: files.core,
    film: { sizeBytes: film.sizeBytes, blockBytes: BLOCK_BYTES },
    ...{ shared, folder, heapBytes },
  }
  // The film is a stranger's: nothing of the environment is in reach of what decodes it.
  const worker = new Worker(files.worker, {
    ...{ workerData: start, resourceLimits: RESOURCES, env: {}, execArgv: [] },
  })
  const line = openLine(worker, (number) => blocks.block(number), { shared, signal })
  let largest = 0
  const run = async (request: RunRequest, { onLine }: RunOptions): Promise<RunResult> => {
    const word = await line.ask(request)
    const failed = word.is === 'crashed' || word.status !== 0
    if (failed && word.heapFull) throw new WorkerBroken('out-of-memory', `of ${heapBytes} bytes`)
    if (word.is === 'crashed') throw new WorkerBroken('crashed', word.message)
    largest = Math.max(largest, word.heapBytes)
    if (onLine) word.stdout.split(/\r?\n/).forEach(onLine)
    if (word.status !== 0) throw new ToolFailed(request.program, word.status, word.stderr.slice(-4000))
    return { stdout: word.stdout, stderr: word.stderr }
  }
  const tool = (program: RunRequest['program']): Tool => ({
    ...{ command: program, args: [] },
    run: (args, asked) => run({ program, args, cwd: asked.cwd ?? folder }, asked),
  })
  return {
    engine: { kind: 'wasm', version: 'in a worker', ffmpeg: tool('ffmpeg'), ffprobe: tool('ffprobe') },
    cost: () => ({ fetchedBytes: blocks.fetchedBytes(), heapBytes: largest }),
    close: () => line.close(),
  }
}

type Answer = Exclude<WorkerWord, { is: 'block' }>

/** Speaks with the worker: one run at a time, its blocks meanwhile. Whatever breaks ends the thread and fails every run. */
function openLine(
  worker: Worker,
  block: (number: number) => Promise<Uint8Array>,
  { shared, signal }: { shared: SharedArrayBuffer; signal: AbortSignal },
) {
  const broken = Promise.withResolvers<never>()
  // Nobody may be waiting when it breaks; the next run is told.
  broken.promise.catch(() => undefined)
  const fail = (error: unknown) => {
    broken.reject(error)
    void worker.terminate()
  }
  let answer = Promise.withResolvers<Answer>()
  const give = async (number: number) => {
    const bytes = await block(number)
    new Uint8Array(shared, 8).set(bytes)
    const size = new Int32Array(shared, 0, 1)
    Atomics.store(size, 0, bytes.length)
    Atomics.notify(size, 0)
  }
  worker.on('message', (word: WorkerWord) => {
    if (word.is === 'block') give(word.number).catch(fail)
    else answer.resolve(word)
  })
  worker.on('error', (error) => fail(brokenBy(error)))
  worker.on('exit', (status) => broken.reject(new WorkerBroken('crashed', `the thread ended with ${status}`)))
  const onAbort = () => fail(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  return {
    ask: (request: RunRequest): Promise<Answer> => {
      answer = Promise.withResolvers<Answer>()
      worker.postMessage(request)
      return Promise.race([answer.promise, broken.promise])
    },
    close: async () => {
      signal.removeEventListener('abort', onAbort)
      await worker.terminate()
    },
  }
}

function brokenBy(error: unknown): WorkerBroken {
  const full = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  return new WorkerBroken(full ? 'out-of-memory' : 'crashed', String(error), { cause: error })
}
