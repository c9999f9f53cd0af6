import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

/** Real films of Debian's opencv-doc package. */
export type OpencvFilm = keyof typeof OPENCV
const DATA = 'usr/share/doc/opencv-doc/examples/data'
const HTML = 'usr/share/doc/opencv-doc/opencv4/html'
const OPENCV = {
  'vtest.avi': `${DATA}/vtest.avi`,
  'Megamind.avi': `${DATA}/Megamind.avi`,
  'Megamind_bugy.avi': `${DATA}/Megamind_bugy.avi`,
  'tree.avi': `${DATA}/tree.avi`,
  'cup.mp4': `${HTML}/cup.mp4.gz`,
  'box.mp4': `${HTML}/box.mp4.gz`,
} as const

/** The film cannot be had on this machine: no package archive in reach. */
export class FilmUnavailable extends Error {
  override readonly name = 'FilmUnavailable'
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FILMS = join(ROOT, 'node_modules/.cache/skyreel/films')
const run = promisify(execFile)
const inflate = promisify(gunzip)

/** Path of a real film, fetched once and kept under node_modules/.cache. Throws `FilmUnavailable`. */
export async function opencvFilm(name: OpencvFilm): Promise<string> {
  const path = join(FILMS, 'opencv', name)
  if (existsSync(path)) return path
  const packed = await readFile(await unpacked(OPENCV[name]))
  return placed(path, async (draft) => {
    await writeFile(draft, OPENCV[name].endsWith('.gz') ? await inflate(packed) : packed)
  })
}

/** As `opencvFilm`; skips the test, with the reason, where the film cannot be had. */
export async function opencvFilmOrSkip(
  ctx: { skip(reason: string): never },
  name: OpencvFilm,
): Promise<string> {
  try {
    return await opencvFilm(name)
  } catch (error) {
    if (error instanceof FilmUnavailable) return ctx.skip(error.message)
    throw error
  }
}

/**
 * Path of a synthetic film, made once by ffmpeg and kept: `madeFilm('bars.mp4', ['-f', 'lavfi', '-i', 'testsrc2=d=2'])`.
 * `args` come without the output; other arguments under the same name make another file.
 */
export async function madeFilm(name: string, args: readonly string[]): Promise<string> {
  return keptFile(name, args.join('\n'), async (draft) => {
    await run('ffmpeg', ['-v', 'error', '-y', '-nostdin', ...args, draft])
  })
}

/** Path of a file that `make` writes at the path given to it, made once for each `recipe` text. */
export async function keptFile(
  name: string,
  recipe: string,
  make: (draft: string) => Promise<unknown>,
): Promise<string> {
  const hash = createHash('sha256').update(recipe).digest('hex').slice(0, 12)
  const path = join(FILMS, 'made', hash, name)
  return existsSync(path) ? path : placed(path, make)
}

// Test files run at the same time: each makes its own draft, and the rename lets one whole file win.
async function placed(path: string, make: (draft: string) => Promise<unknown>): Promise<string> {
  const folder = join(FILMS, 'drafts', randomUUID())
  await mkdir(folder, { recursive: true })
  await mkdir(dirname(path), { recursive: true })
  try {
    const draft = join(folder, path.split('/').at(-1) ?? 'film')
    await make(draft)
    await rename(draft, path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return path
}

async function unpacked(path: string): Promise<string> {
  if (existsSync(`/${path}`)) return `/${path}`
  const kept = join(FILMS, 'opencv-doc', path)
  if (!existsSync(kept)) await fetchPackage()
  return kept
}

async function fetchPackage(): Promise<void> {
  await mkdir(FILMS, { recursive: true })
  const folder = await mkdtemp(join(FILMS, 'fetch-'))
  try {
    await run('apt-get', ['download', 'opencv-doc'], { cwd: folder })
    await run('sh', ['-c', 'dpkg-deb -x opencv-doc_*.deb tree'], { cwd: folder })
    await Promise.all([keep(folder, DATA), keep(folder, HTML)])
  } catch (error) {
    const message = 'real films not in reach: apt-get download opencv-doc failed'
    throw new FilmUnavailable(message, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// The documentation beside the films is 200 MB of pages.
async function keep(folder: string, part: string): Promise<void> {
  const wanted = Object.values(OPENCV).filter((path) => path.startsWith(part))
  await mkdir(join(FILMS, 'opencv-doc', part), { recursive: true })
  await Promise.all(wanted.map((path) => rename(join(folder, 'tree', path), join(FILMS, 'opencv-doc', path))))
}
