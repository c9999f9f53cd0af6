/**
 * The body of a worker thread that runs ffmpeg and ffprobe of @ffmpeg/core, one after another in one core, over one
 * film. A run never yields, so the film's blocks come by shared memory: the worker asks by message and stands still
 * until the other side has written the block and wakes it.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { connectOutput, loadWasmCore, runProgram, type WasmCore, type WasmCoreFiles } from './wasm-core.ts'
import { mountHostFolder } from './wasm-files.ts'
import { type BlockedFilm, mountFilm } from './wasm-range-files.ts'

/** What the worker is told when it starts. */
export interface WorkerStart {
  readonly core: WasmCoreFiles
  readonly film: { readonly sizeBytes: number; readonly blockBytes: number }
  /** An Int32 that is 0 until the block is there, then its size; the block itself follows at byte 8. */
  readonly shared: SharedArrayBuffer
  /** The only folder of the host that the programs see. */
  readonly folder: string
  readonly heapBytes: number
}

/** What it is asked. */
export interface RunRequest {
  readonly program: 'ffmpeg' | 'ffprobe'
  readonly args: readonly string[]
  readonly cwd: string
}

/** What it says. */
export type WorkerWord =
  | { readonly is: 'block'; readonly number: number }
  | ({ readonly is: 'ended'; readonly status: number } & Output & HeapWord)
  | ({ readonly is: 'crashed'; readonly message: string } & HeapWord)

interface Output {
  readonly stdout: string
  readonly stderr: string
}
interface HeapWord {
  readonly heapBytes: number
  /** The programs asked for more memory than they may have. */
  readonly heapFull: boolean
}

/** A tool that speaks without end must not fill the memory. */
const MOST_OUTPUT_BYTES = 4 * 1024 * 1024

if (parentPort) await serve(workerData as WorkerStart, (word) => parentPort?.postMessage(word))

async function serve(start: WorkerStart, say: (word: WorkerWord) => void): Promise<void> {
  const core = await loadWasmCore(start.core)
  const heap = limitHeap(core, start.heapBytes)
  // What still comes this way is how the glue says that the program called exit.
  core.setLogger(() => undefined)
  mountHostFolder(core, start.folder)
  mountFilm(core, askedFor(start, say))
  parentPort?.on('message', (request: RunRequest) => say(run(core, request, heap)))
}

function run(core: WasmCore, { program, args, cwd }: RunRequest, heap: Heap): WorkerWord {
  const [stdout, stderr] = [collect(core, 1), collect(core, 2)]
  core.FS.chdir(cwd)
  try {
    const status = runProgram(core, program, args)
    return { is: 'ended', status, stdout: stdout(), stderr: stderr(), ...told(heap) }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { is: 'crashed', message, ...told(heap) }
  }
}

const told = (heap: Heap) => ({ heapBytes: heap.bytes(), heapFull: heap.full() })

function collect(core: WasmCore, fd: 1 | 2): () => string {
  const chunks: Buffer[] = []
  let size = 0
  connectOutput(core, fd, (bytes) => {
    size += bytes.length
    if (size <= MOST_OUTPUT_BYTES) chunks.push(Buffer.from(bytes))
    return bytes.length
  })
  return () => Buffer.concat(chunks).toString()
}

interface Heap {
  bytes(): number
  /** Whether more was asked for than may be. */
  full(): boolean
}

/**
 * The core's memory grows up to 2 GB, and a worker's resource limits do not count it. A growth that is refused is to
 * the programs what a full machine is.
 */
function limitHeap({ memory }: WasmCore, mostBytes: number): Heap {
  let full = false
  const grow = memory.grow.bind(memory)
  memory.grow = (pages) => {
    const wanted = memory.buffer.byteLength + pages * 65_536
    // Emscripten first asks for a fifth more than it needs: the last word counts.
    full = wanted > mostBytes
    if (full) throw new RangeError(`the memory may not grow to ${wanted} bytes`)
    return grow(pages)
  }
  return { bytes: () => memory.buffer.byteLength, full: () => full }
}

/** The last block stays in the shared memory: ffmpeg reads 32 KB at a time. */
function askedFor({ film, shared }: WorkerStart, say: (word: WorkerWord) => void): BlockedFilm {
  const answered = new Int32Array(shared, 0, 1)
  const bytes = new Uint8Array(shared, 8)
  let held = -1
  const block = (number: number): Uint8Array => {
    if (number !== held) {
      Atomics.store(answered, 0, 0)
      say({ is: 'block', number })
      Atomics.wait(answered, 0, 0)
      held = number
    }
    return bytes.subarray(0, Atomics.load(answered, 0))
  }
  return { ...film, block }
}
