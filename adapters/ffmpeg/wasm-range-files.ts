import type { WasmCore, WasmFs, WasmNode, WasmStream } from './wasm-core.ts'

/** Where the film lies in the core's file system. */
export const FILM_PATH = '/film/source'
const [FOLDER, NAME] = ['/film', 'source']

/** A film whose blocks come from elsewhere while the reader stands still. */
export interface BlockedFilm {
  readonly sizeBytes: number
  readonly blockBytes: number
  /** The bytes stay as they are until the next call. */
  block(number: number): Uint8Array
}

/** Makes a film visible to the core as one file that can be read only. Larger ones than the core's 2 GB are no matter. */
export function mountFilm(core: WasmCore, film: BlockedFilm): void {
  core.FS.mkdir(FOLDER)
  core.FS.mount({ mount: () => rootOf(core.FS, film) }, { root: FOLDER }, FOLDER)
}

const [DIRECTORY, FILE] = [0o40555, 0o100444]

// Emscripten's numbers are those of WASI.
const [ENOENT, EROFS] = [44, 69]

function rootOf(emulated: WasmFs, film: BlockedFilm): WasmNode {
  const no = (errno: number) => () => {
    throw new emulated.ErrnoError(errno)
  }
  const attributes = (node: WasmNode) => {
    const time = new Date(0)
    const size = node.name === NAME ? film.sizeBytes : 4096
    const { id: ino, mode } = node
    return {
      ...{ dev: 1, ino, mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size },
      ...{ atime: time, mtime: time, ctime: time, blksize: 4096, blocks: Math.ceil(size / 4096) },
    }
  }
  const nodeOps = {
    getattr: attributes,
    setattr: no(EROFS),
    mknod: no(EROFS),
    rename: no(EROFS),
    unlink: no(EROFS),
    rmdir: no(EROFS),
    lookup: (parent: WasmNode, name: string) => (name === NAME ? nodeAt(parent, name, FILE) : no(ENOENT)()),
    readdir: () => ['.', '..', NAME],
  }
  const streamOps = {
    open: () => undefined,
    close: () => undefined,
    write: no(EROFS),
    read: (_: WasmStream, heap: Int8Array, offset: number, length: number, position: number) =>
      copyOut(film, heap.subarray(offset, offset + length), position),
    llseek: (stream: WasmStream, offset: number, whence: number) =>
      offset + (whence === 1 ? stream.position : whence === 2 ? film.sizeBytes : 0),
  }
  const nodeAt = (parent: WasmNode | null, name: string, mode: number): WasmNode =>
    Object.assign(emulated.createNode(parent, name, mode, 0), { node_ops: nodeOps, stream_ops: streamOps })
  return nodeAt(null, '/', DIRECTORY)
}

/** Fills `target` from the film at a position; answers how many bytes there were. */
function copyOut(film: BlockedFilm, target: Int8Array, position: number): number {
  const wanted = Math.max(0, Math.min(target.length, film.sizeBytes - position))
  for (let done = 0; done < wanted; ) {
    const [number, from] = [
      Math.floor((position + done) / film.blockBytes),
      (position + done) % film.blockBytes,
    ]
    const part = film.block(number).subarray(from, from + wanted - done)
    target.set(part, done)
    done += part.length
  }
  return wanted
}
