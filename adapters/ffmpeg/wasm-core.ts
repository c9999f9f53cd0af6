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
  setLogger(log: (line: { type: 'stdout' | 'stderr'; message: string }) => void): void
}

export interface WasmFs {
  readonly ErrnoError: new (errno: number) => Error
  analyzePath(path: string): { exists: boolean }
  mkdir(path: string): unknown
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

/** A fresh core: after a crash one must not be used again. 30 MB to read, 0.2 s to compile. */
export async function loadWasmCore(): Promise<WasmCore> {
  // The glue takes itself for a browser's worker and reads `self.location` while it loads.
  Object.assign(globalThis, { self: { location: { href: 'file:///' } } })
  const glue: { default: (options: object) => Promise<WasmCore> } = await import(
    import.meta.resolve('@ffmpeg/core')
  )
  const wasmBinary = await readFile(fileURLToPath(import.meta.resolve('@ffmpeg/core/wasm')))
  return glue.default({ wasmBinary })
}
