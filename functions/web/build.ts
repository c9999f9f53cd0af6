import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Log } from '../../core/run/log.ts'
import { compress } from './compress.ts'

const PAGES = fileURLToPath(new URL('.', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** What the bundle is made of outside this folder, and the locked versions. */
const OUTSIDE = [
  'core/billing/model.ts',
  'core/billing/money.ts',
  'core/protection/model.ts',
  'core/usage/model.ts',
  'core/video/model.ts',
  'package-lock.json',
]
const STAMP = '.inputs'

/**
 * Builds the pages into `outFolder`: an index.html for each, assets/, and compressed siblings of them. The folder is emptied first.
 * Returns at once, without loading the bundler, where the folder holds what these inputs make.
 * Throws what the bundler throws; the folder then counts as not built.
 */
export async function buildPages({ outFolder, log }: { outFolder: string; log: Log }): Promise<void> {
  const stamp = join(outFolder, STAMP)
  const inputs = await hashOfInputs()
  if ((await textOf(stamp)) === inputs && existsSync(join(outFolder, 'index.html'))) return
  const [{ build }, { default: pages }] = await Promise.all([import('vite'), import('./vite.config.ts')])
  const started = performance.now()
  await leavingNodeEnv(() =>
    build({ ...pages, configFile: false, build: { ...pages.build, outDir: outFolder } }),
  )
  await compress(outFolder)
  // Written last: a build that was killed half-way is not taken for a whole one.
  await writeFile(stamp, inputs)
  log.info('pages built', { milliseconds: Math.round(performance.now() - started) })
}

/**
 * The bundler sets NODE_ENV=production for good: whatever this process starts later would be in production with it, and
 * an npm among that would leave out development packages.
 */
async function leavingNodeEnv<T>(body: () => Promise<T>): Promise<T> {
  const before = process.env.NODE_ENV
  try {
    return await body()
  } finally {
    if (before === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = before
  }
}

async function hashOfInputs(): Promise<string> {
  const own = (await readdir(PAGES, { recursive: true, withFileTypes: true }))
    .filter(
      (entry) =>
        entry.isFile() && !/\.test\.tsx?$/.test(entry.name) && basename(entry.parentPath) !== 'testing',
    )
    .map((entry) => join(entry.parentPath, entry.name))
  const paths = [...own, ...OUTSIDE.map((path) => join(ROOT, path))].sort()
  const hash = createHash('sha256')
  const contents = await Promise.all(paths.map((path) => readFile(path)))
  for (const [at, path] of paths.entries())
    hash.update(`\n${relative(ROOT, path)}\n`).update(contents[at] ?? '')
  return hash.digest('hex')
}

async function textOf(path: string): Promise<string | undefined> {
  return existsSync(path) ? await readFile(path, 'utf8') : undefined
}
