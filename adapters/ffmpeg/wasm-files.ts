import * as fs from 'node:fs'
import { join } from 'node:path'
import type { WasmCore, WasmFileSystem, WasmFs, WasmNode, WasmStream } from './wasm-core.ts'

/**
 * Makes the host's files visible under their own paths. Nothing is copied: ffmpeg's reads and writes become reads and
 * writes of the host file at a position, so that a film larger than the 2 GB of WebAssembly memory is no matter.
 */
export function mountHostFiles(core: WasmCore): void {
  const hostFiles = hostFileSystem(core.FS)
  const folders = fs.readdirSync('/').map((entry) => `/${entry}`)
  for (const path of [...folders, '/dev/shm']) {
    if (OWN.has(path) || !statOf(path)?.isDirectory()) continue
    if (!core.FS.analyzePath(path).exists) core.FS.mkdir(path)
    core.FS.mount(hostFiles, { root: path }, path)
  }
  // The root itself stays in memory: a film written there would be lost without a word.
  core.FS.chmod('/', 0o555)
  core.FS.chdir(process.cwd())
}

/** Makes one folder of the host visible under its own path, and nothing else. */
export function mountHostFolder(core: WasmCore, folder: string): void {
  core.FS.mkdirTree(folder)
  core.FS.mount(hostFileSystem(core.FS), { root: folder }, folder)
}

// Devices and processes stay those of the core: it has its own /dev/null and /dev/urandom.
const OWN = new Set(['/dev', '/proc', '/sys'])

const statOf = (path: string) => fs.statSync(path, { throwIfNoEntry: false })

function hostFileSystem(emulated: WasmFs): WasmFileSystem {
  const attempt = <T>(doing: () => T): T => withErrno(emulated, doing)
  const nodeAt = (parent: WasmNode | null, name: string, mode: number): WasmNode =>
    Object.assign(emulated.createNode(parent, name, mode, 0), { node_ops: nodeOps, stream_ops: streamOps })

  const nodeOps = {
    getattr: (node: WasmNode) => attempt(() => attributesOf(node)),
    setattr: (node: WasmNode, change: { size?: number; mode?: number }) =>
      attempt(() => {
        if (change.mode !== undefined) node.mode = change.mode
        if (change.size !== undefined) fs.truncateSync(hostPath(node), change.size)
      }),
    lookup: (parent: WasmNode, name: string) =>
      attempt(() => nodeAt(parent, name, fs.statSync(join(hostPath(parent), name)).mode)),
    mknod: (parent: WasmNode, name: string, mode: number) =>
      attempt(() => {
        const path = join(hostPath(parent), name)
        if ((mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR) fs.mkdirSync(path, mode & 0o777)
        else fs.writeFileSync(path, '', { mode: mode & 0o777 })
        return nodeAt(parent, name, mode)
      }),
    rename: (node: WasmNode, folder: WasmNode, name: string) =>
      attempt(() => {
        fs.renameSync(hostPath(node), join(hostPath(folder), name))
        node.name = name
      }),
    unlink: (parent: WasmNode, name: string) => attempt(() => fs.unlinkSync(join(hostPath(parent), name))),
    rmdir: (parent: WasmNode, name: string) => attempt(() => fs.rmdirSync(join(hostPath(parent), name))),
    readdir: (node: WasmNode) => attempt(() => ['.', '..', ...fs.readdirSync(hostPath(node))]),
  }

  const streamOps = {
    open: (stream: WasmStream) =>
      attempt(() => {
        // Creating and emptying came before, through mknod and setattr.
        const flags = (stream.flags & 3) === 0 ? 'r' : 'r+'
        if (statOf(hostPath(stream.node))?.isFile()) stream.hostFd = fs.openSync(hostPath(stream.node), flags)
      }),
    close: (stream: WasmStream) =>
      attempt(() => {
        if (stream.hostFd !== undefined) fs.closeSync(stream.hostFd)
      }),
    read: (stream: WasmStream, heap: Int8Array, offset: number, length: number, position: number) =>
      attempt(() => (length === 0 ? 0 : fs.readSync(fdOf(stream), heap, offset, length, position))),
    write: (stream: WasmStream, heap: Int8Array, offset: number, length: number, position: number) =>
      attempt(() => writeAll(fdOf(stream), heap.subarray(offset, offset + length), position)),
    llseek: (stream: WasmStream, offset: number, whence: number) =>
      attempt(() => offset + seekBase(stream, whence)),
  }

  return { mount: ({ opts }) => nodeAt(null, '/', fs.statSync(opts.root).mode) }
}

function hostPath(node: WasmNode): string {
  const parts: string[] = []
  let at = node
  for (; at.parent !== at; at = at.parent) parts.unshift(at.name)
  return join(at.mount.opts.root, ...parts)
}

function attributesOf(node: WasmNode) {
  const { dev, mode, nlink, size, atime, mtime, ctime, blksize, blocks } = fs.statSync(hostPath(node))
  return {
    dev,
    ino: node.id,
    mode,
    nlink,
    uid: 0,
    gid: 0,
    rdev: 0,
    size,
    atime,
    mtime,
    ctime,
    blksize,
    blocks,
  }
}

function seekBase(stream: WasmStream, whence: number): number {
  if (whence === 1) return stream.position
  return whence === 2 ? fs.fstatSync(fdOf(stream)).size : 0
}

function fdOf(stream: WasmStream): number {
  if (stream.hostFd === undefined) throw Object.assign(new Error('not open'), { code: 'EBADF' })
  return stream.hostFd
}

/** Writes all bytes at the position, or at the end of a pipe; answers their number. */
export function writeAll(fd: number, bytes: Int8Array, position: number | null): number {
  let done = 0
  while (done < bytes.length) {
    try {
      done += fs.writeSync(fd, bytes, done, bytes.length - done, position === null ? null : position + done)
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN') throw error
      // A pipe whose reader is behind: this process has nothing else to do meanwhile.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
    }
  }
  return done
}

// The numbers are WASI's, which emscripten's C library uses on every host.
const ERRNO: Readonly<Record<string, number>> = {
  EACCES: 2,
  EBADF: 8,
  EEXIST: 20,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENOENT: 44,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
  EROFS: 69,
}
const EIO = 29

function withErrno<T>(emulated: WasmFs, doing: () => T): T {
  try {
    return doing()
  } catch (error) {
    throw Object.assign(new emulated.ErrnoError(ERRNO[codeOf(error)] ?? EIO), { cause: error })
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
