import { type FileHandle, open, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { HttpRequest } from '../../core/http/request.ts'
import type { HttpResponse } from '../../core/http/response.ts'
import { contentType } from './content-type.ts'
import { fileBytes } from './file-bytes.ts'
import { type Shown, smallest } from './static-encoding.ts'

export interface PagesOptions {
  /** Paths whose files never change, their names being hashes: `/assets/...` by default. */
  readonly immutable?: (path: string) => boolean
  /** Headers of single paths beside the common ones, such as `ISOLATED`. */
  readonly headers?: (path: string) => Readonly<Record<string, string>>
}

/** For pages that need SharedArrayBuffer: everything they load must then allow it. */
export const ISOLATED: Readonly<Record<string, string>> = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
}

/** Answers GET and HEAD for files of a built folder, `undefined` for anything else: no file, no answer. */
export type Pages = (
  request: Pick<HttpRequest, 'method' | 'path' | 'headers'>,
) => Promise<HttpResponse | undefined>

/**
 * Serves a folder: `index.html` for a path that ends with `/`, a redirect to it without; ETags; a compressed sibling
 * (`app.js.br`, `app.js.gz`) to who takes it; nothing outside of the folder.
 */
export function openPages(folder: string, options: PagesOptions = {}): Pages {
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const found = await find(folder, request)
    if (found === undefined) return undefined
    if (typeof found === 'string') return { status: 308, headers: { location: found } }
    return answer(found, request, options)
  }
}

interface FoundFile extends Shown {
  /** As it was asked for: its type, whatever is sent in its place. */
  readonly file: string
  readonly handle: FileHandle
}

/** The open file, or where to go instead. */
async function find(
  folder: string,
  { path, headers }: Pick<HttpRequest, 'path' | 'headers'>,
): Promise<FoundFile | string | undefined> {
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path)
  try {
    // A link may lead out of the folder; a path with `..` does not come this far, but does not hold either.
    const [root, real] = await Promise.all([realpath(folder), realpath(file)])
    if (!real.startsWith(root + sep)) return undefined
    const facts = await stat(real)
    if (facts.isDirectory()) return (await isFile(join(real, 'index.html'))) ? `${path}/` : undefined
    const plain = { path: real, sizeBytes: facts.size, modifiedMs: facts.mtimeMs }
    const shown = await smallest(plain, headers['accept-encoding'])
    return { ...shown, file, handle: await open(shown.path) }
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'])

const isFile = (file: string) =>
  stat(file).then(
    (s) => s.isFile(),
    () => false,
  )

async function answer(
  found: FoundFile,
  { method, path, headers }: Parameters<Pages>[0],
  options: PagesOptions,
): Promise<HttpResponse> {
  const version = [found.sizeBytes, Math.floor(found.modifiedMs)].map((n) => n.toString(16)).join('-')
  const etag = `W/"${version}${found.encoding ? `-${found.encoding}` : ''}"`
  const immutable = (options.immutable ?? ((p) => p.startsWith('/assets/')))(path)
  const common = {
    etag,
    vary: 'accept-encoding',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    ...options.headers?.(path),
  }
  const unchanged = headers['if-none-match']?.split(',').some((tag) => tag.trim() === etag)
  if (unchanged || method === 'HEAD') await found.handle.close()
  if (unchanged) return { status: 304, headers: common }
  const described = {
    ...common,
    'content-type': contentType(found.file),
    ...(found.encoding ? { 'content-encoding': found.encoding } : {}),
    'content-length': String(found.sizeBytes),
  }
  if (method === 'HEAD') return { status: 200, headers: described }
  return { status: 200, headers: described, body: fileBytes(found.handle, 0, found.sizeBytes - 1) }
}
