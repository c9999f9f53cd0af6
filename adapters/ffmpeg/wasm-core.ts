import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What we use of the emscripten module in @ffmpeg/core, which carries no types. */
export interface WasmCore {
  readonly FS: WasmFs
  /** The programs' `main`. Each runs to its end without yielding and throws where the program calls `exit`. */
  _ffmpeg(argc: number, argv: number): number
  _ffprobe(argc: number, argv: number): number
  stringsToPtr(strings: readonly string[]): number
  /** What the program gave to `exit`; -1 when it did not. */
  readonly ret: number
  readonly memory: WasmMemory
  /** The C stack's pointer. */
  stackSave(): number
  stackRestore(pointer: number): void
  /** Forgets what the last program gave to `exit`. */
  reset(): void
  setLogger(log: (line: { type: 'stdout' | 'stderr'; message: string }) => void): void
}

/** Node's types know WebAssembly without its values. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer
  /** By pages of 64 KiB. Throws where there is no more. */
  grow(pages: number): number
}

export interface WasmFs {
  readonly ErrnoError: new (errno: number) => Error
  analyzePath(path: string): { exists: boolean }
  mkdir(path: string): unknown
  mkdirTree(path: string): unknown
  mount(type: WasmFileSystem, options: { root: string }, path: string): unknown
  chmod(path: string, mode: number): void
  chdir(path: string): void
  getStream(fd: number): WasmStream | null
  createNode(parent: WasmNode | null, name: string, mode: number, device: number): WasmNode
}
export interface WasmNode {
  name: string
  mode: number
  readonly id: number
  parent: WasmNode
  readonly mount: { readonly opts: { readonly root: string } }
  node_ops: object
  stream_ops: object
}
export interface WasmStream {
  readonly node: WasmNode
  readonly flags: number
  readonly position: number
  stream_ops: object
  hostFd?: number
}
export interface WasmFileSystem {
  mount(mount: { readonly opts: { readonly root: string } }): WasmNode
}

/** The two files of @ffmpeg/core. */
export interface WasmCoreFiles {
  /** `file:` URL of the glue, an ES module. */
  readonly glue: string
  /** `file:` URL of the WebAssembly, 32 MB. */
  readonly binary: string
}

/** Where npm put them. */
export const installedCore = (): WasmCoreFiles => ({
  glue: import.meta.resolve('@ffmpeg/core'),
  binary: import.meta.resolve('@ffmpeg/core/wasm'),
})

/** A fresh core: after a crash one must not be used again. 32 MB to read, 0.2 s to compile. */
export async function loadWasmCore(files: WasmCoreFiles = installedCore()): Promise<WasmCore> {
  // The glue takes itself for a browser's worker and reads `self.location` while it loads.
  Object.assign(globalThis, { self: { location: { href: 'file:///' } } })
  const glue: { default: (options: object) => Promise<LoadedGlue> } = await import(files.glue)
  const text = await readFile(fileURLToPath(files.glue), 'utf8')
  const wasmBinary = await readFile(fileURLToPath(files.binary))
  const core = await glue.default({ wasmBinary })
  const inner = (name: string) => core.asm[innerName(text, name)] as (pointer?: number) => number
  const memory = Object.values(core.asm).find(isMemory)
  if (!memory) throw new Error('this build of @ffmpeg/core does not give its memory')
  return Object.assign(core, {
    ...{ memory, stackSave: inner('stackSave'), stackRestore: inner('stackRestore') },
  })
}

const isMemory = (exported: unknown): exported is WasmMemory =>
  Object.prototype.toString.call(exported) === '[object WebAssembly.Memory]'

type LoadedGlue = Omit<WasmCore, 'memory' | 'stackSave' | 'stackRestore'> & {
  /** All that the WebAssembly exports, under minified names. */
  readonly asm: Readonly<Record<string, unknown>>
}

/** The minified name of one of emscripten's own functions: the glue alone knows it. */
function innerName(glue: string, name: string): string {
  const found = new RegExp(`\\b${name}=Module\\["asm"\\]\\["(\\w+)"\\]`).exec(glue)?.[1]
  if (found === undefined) throw new Error(`this build of @ffmpeg/core has no ${name}`)
  return found
}

/**
 * Runs `ffmpeg` or `ffprobe` to its end and answers its exit status. A crash throws. The glue's own `exec` and `ffprobe`
 * drop what main returns, and ffprobe returns rather than exits: it would seem to end with -1, well or not.
 */
export function runProgram(core: WasmCore, program: string | undefined, args: readonly string[]): number {
  if (program !== 'ffmpeg' && program !== 'ffprobe') throw new Error(`no such program: ${program}`)
  const argv = [program, ...(program === 'ffmpeg' ? ['-nostdin'] : []), ...args]
  const main = program === 'ffmpeg' ? core._ffmpeg : core._ffprobe
  core.reset()
  const stack = core.stackSave()
  try {
    return main(argv.length, core.stringsToPtr(argv))
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('Aborted') && core.ret >= 0) return core.ret
    throw error
  } finally {
    // A program ends by an exception, which leaves its frames on the stack of 64 KB: some twenty runs later it is full.
    core.stackRestore(stack)
  }
}

/** Bytes that a program writes to its standard output (1) or error (2) go to `write`; it answers how many it took. */
export function connectOutput(core: WasmCore, fd: 1 | 2, write: (bytes: Int8Array) => number): void {
  const stream = core.FS.getStream(fd)
  if (!stream) throw new Error(`the core has no stream ${fd}`)
  stream.stream_ops = {
    ...stream.stream_ops,
    write: (_: unknown, heap: Int8Array, offset: number, length: number) =>
      write(heap.subarray(offset, offset + length)),
  }
}
