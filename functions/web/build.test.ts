import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Log } from '../../core/run/log.ts'
import { buildPages } from './build.ts'

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  with: () => quiet,
}
let out = ''
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'skyreel-pages-'))
  await buildPages({ outFolder: out, log: quiet })
}, 60_000)
afterAll(() => rm(out, { recursive: true, force: true }))

const scriptsOf = (html: string) => [...html.matchAll(/<script[^>]*>[^<]*<\/script>/g)].map(([tag]) => tag)
const assetsOf = (html: string) =>
  [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1] ?? '')

const PAGES = ['', 'plans/', 'account/', 'studio/', 'studio/billing/'].map((folder) => `${folder}index.html`)

it.each(PAGES)('makes %s without inline scripts', async (page) => {
  const scripts = scriptsOf(await readFile(join(out, page), 'utf8'))
  expect(scripts).toEqual([expect.stringMatching(/ src="\/assets\/[^"]+"><\/script>$/)])
})

it('shows the list of films after at most 25 kB of compressed scripts', async () => {
  const files = assetsOf(await readFile(join(out, 'index.html'), 'utf8'))
  const bytes = await Promise.all(files.map((file) => readFile(join(out, file))))
  const compressed = bytes.reduce((sum, file) => sum + gzipSync(file).length, 0)
  expect(files.length).toBeGreaterThan(0)
  expect(compressed).toBeLessThan(25_000)
})

const chunks = async (...names: readonly string[]) => {
  const found = (await readdir(join(out, 'assets'))).filter((file) =>
    names.some((name) => file.startsWith(`${name}-`) && file.endsWith('.js')),
  )
  expect(found).toHaveLength(names.length)
  return Promise.all(found.map((file) => readFile(join(out, 'assets', file), 'utf8')))
}
const compressedSize = (texts: readonly string[]) =>
  texts.reduce((sum, text) => sum + gzipSync(text).length, 0)

it('plays a film after at most 240 kB of compressed scripts', async () => {
  expect(compressedSize(await chunks('player', 'stream-video'))).toBeLessThan(240_000)
})

it('plays a protected film after at most 300 kB of compressed scripts', async () => {
  expect(compressedSize(await chunks('player', 'shielded-video'))).toBeLessThan(300_000)
})

it.each([
  ['hls.js', 'hlsMediaAttached', 'stream-video'],
  ['shaka-player', 'shaka.Player', 'shielded-video'],
])('has %s in the one script of the films that need it', async (_name, word, home) => {
  const names = ['watch', 'player', 'stream-video', 'shielded-video']
  const scripts = await Promise.all(names.map(async (name) => (await chunks(name)).join()))
  expect(names.filter((_, at) => scripts[at]?.includes(word))).toEqual([home])
})

it('puts smaller siblings beside the player that hold the same', async () => {
  const player = (await readdir(join(out, 'assets'))).find((file) => /^player-.*\.js$/.test(file)) ?? ''
  const [plain, br, gz] = await Promise.all(
    ['', '.br', '.gz'].map((suffix) => readFile(join(out, 'assets', player + suffix))),
  )
  expect(brotliDecompressSync(br ?? '').equals(plain ?? Buffer.alloc(0))).toBe(true)
  expect(gunzipSync(gz ?? '').equals(plain ?? Buffer.alloc(0))).toBe(true)
  expect([br, gz].map((bytes) => (bytes?.length ?? 0) < 270_000)).toEqual([true, true])
})

it('names ffmpeg in no page, so that only a look into a film loads it', async () => {
  const pages = await Promise.all(PAGES.map((page) => readFile(join(out, page), 'utf8')))
  expect(pages.filter((html) => /ffmpeg|wasm/.test(html))).toEqual([])
})

it('leaves NODE_ENV as it was, for what the same process starts later', () => {
  expect(process.env.NODE_ENV).toBe('test')
})

it('leaves a folder alone that holds what the inputs make', async () => {
  const before = await stat(join(out, 'index.html'))
  await buildPages({ outFolder: out, log: quiet })
  expect((await stat(join(out, 'index.html'))).mtimeMs).toBe(before.mtimeMs)
})

it('builds again what other inputs made', async () => {
  const mark = join(out, '.inputs')
  const inputs = await readFile(mark, 'utf8')
  await writeFile(mark, 'other inputs')
  await buildPages({ outFolder: out, log: quiet })
  expect(await readFile(mark, 'utf8')).toBe(inputs)
}, 60_000)
