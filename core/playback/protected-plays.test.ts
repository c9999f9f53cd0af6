import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findEngine } from '../../adapters/ffmpeg/engine.ts'
import { openMedia } from '../../adapters/ffmpeg/media.ts'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import { type AcceptedFilm, openAcceptedFilm } from '../../adapters/local/testing/accepted-film.ts'
import { systemClock } from '../../adapters/node/clock.ts'
import { contentKeysById, contentKeysOf } from '../drm/content-keys.ts'
import { changeProtection } from '../protection/change.ts'
import type { Protection } from '../protection/model.ts'
import { transcode } from '../transcode/transcode.ts'
import { PROBE_UNIT } from '../transcode/unit.ts'
import { addUnits } from '../transcode/unit-store.ts'
import { filmPrefix } from '../video/model.ts'
import { videos } from '../video/schema.ts'

const run = promisify(execFile)
const MODULES = join(import.meta.dirname, '../../node_modules')
const FRAMES = 30

let server: Server
let origin: string
let at: AcceptedFilm
let browser: Browser
let folder: string

/** Qualities of two labels (SD and HD), with sound: three keys. */
const film = () =>
  madeFilm('two-labels.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=1280x720:r=10:d=3', '-f', 'lavfi', '-i', 'sine=d=3'],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac'],
  ])

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-protected-'))
  server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const media = openMedia({ engine: await findEngine({}), scratchFolder: join(folder, 'scratch') })
  const config = { publicOrigin: origin, unitsAtOnce: 2 }
  at = await openAcceptedFilm(await film(), { media, config, ports: { clock: systemClock } })
  await at.ports.db.update(videos).set({ protection: 'cbcs' })
  await addUnits(at.ports.db, at.ports, at.work, [
    { name: PROBE_UNIT, spec: { kind: 'probe' }, priority: 0, work: 0 },
  ])
  await transcode(at.work, at.ports, at.ctx)
  const args = ['--autoplay-policy=no-user-gesture-required', '--no-sandbox']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await at?.[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const row = async () => (await at.video()) ?? expect.fail('the film is gone')
const bytes = async (key: string) => {
  const found = await at.ports.storage.get('media', key)
  return found && Buffer.concat(await Array.fromAsync(found.body))
}
const prefix = async () => {
  const { id, generation, edition } = await row()
  return filmPrefix(id, generation, edition)
}
const keys = async () => contentKeysOf(at.ports, { ...at.work, edition: (await row()).edition })
/** Init segment and segments of a track of the present edition. */
const track = async (name: string) => {
  const found = [
    await bytes(`${await prefix()}${name}/init.mp4`),
    await bytes(`${await prefix()}${name}/1.m4s`),
  ]
  return found.map((part) => part ?? expect.fail(`no ${name}`))
}

/** MD5 of each frame that ffmpeg decodes with the key of the label. */
async function framesOf(name: string, label: 'SD' | 'HD' | 'AUDIO'): Promise<string[]> {
  const path = join(folder, 'track.mp4')
  await writeFile(path, Buffer.concat(await track(name)))
  const key = (await keys()).get(label)
  const decryption = key ? ['-decryption_key', Buffer.from(key.key).toString('hex')] : []
  const args = ['-v', 'quiet', '-fflags', '+ignidx', ...decryption, '-i', path, '-f', 'framemd5', '-']
  const { stdout } = await run('ffmpeg', args)
  return [...stdout.matchAll(/^\d.*, *([0-9a-f]{32})$/gm)].map(([, md5]) => md5 ?? '')
}

describe.each(['cbcs', 'cenc'] as const)('a film under %s', { timeout: 60_000 }, (protection) => {
  beforeAll(() => protectedAs(protection), 60_000)

  it('plays in Chromium with a Clear Key licence from where the manifest says', async () => {
    const page = await open('shaka', `manifest.${(await row()).revision}.mpd`)
    await page.waitForFunction('video.getVideoPlaybackQuality().totalVideoFrames > 5 || failed.length > 0')
    expect(await page.evaluate('failed')).toEqual([])
    await page.close()
  })
  it('offers the qualities of all labels for switching', async () => {
    const page = await open('shaka', `manifest.${(await row()).revision}.mpd`)
    await page.waitForFunction('player.getVariantTracks().length > 0 || failed.length > 0')
    const heights = await page.evaluate(
      '[...new Set(player.getVariantTracks().map((t) => t.height))].sort((a, b) => a - b)',
    )
    expect(heights).toEqual([144, 240, 360, 480, 720])
    await page.close()
  })
  it('does not play without the key of its quality', async () => {
    withheld = 'SD'
    const page = await open('shaka', `manifest.${(await row()).revision}.mpd`, '144')
    await page.waitForFunction('failed.length > 0').finally(() => {
      withheld = undefined
    })
    expect(await page.evaluate('video.getVideoPlaybackQuality().totalVideoFrames')).toBe(0)
    await page.close()
  })
  it('has the frames that it had', async () => {
    pictures ??= await framesOf('720p', 'HD')
    expect([pictures.length, await framesOf('720p', 'HD')]).toEqual([FRAMES, pictures])
  })
})
let pictures: string[] | undefined
let withheld: string | undefined

describe('a film under AES-128', { timeout: 60_000 }, () => {
  beforeAll(() => protectedAs('aes-128'), 60_000)

  it('plays in Chromium with hls.js', async () => {
    const page = await open('hls', `master.${(await row()).revision}.m3u8`)
    await page.waitForFunction('video.getVideoPlaybackQuality().totalVideoFrames > 5 || failed.length > 0')
    expect(await page.evaluate('failed')).toEqual([])
    await page.close()
  })
  it('is opened by openssl with the key, and the number of the segment as IV', async () => {
    const [init, sealed] = await track('720p')
    const [input, output] = [join(folder, 'sealed'), join(folder, 'opened')]
    await writeFile(input, sealed ?? '')
    const key = Buffer.from((await keys()).get('HD')?.key ?? []).toString('hex')
    const iv = '1'.padStart(32, '0')
    await run('openssl', ['enc', '-d', '-aes-128-cbc', '-K', key, '-iv', iv, '-in', input, '-out', output])
    const path = join(folder, 'whole.mp4')
    await writeFile(path, Buffer.concat([init ?? Buffer.alloc(0), await readFile(output)]))
    const { stdout } = await run('ffmpeg', ['-v', 'error', '-i', path, '-f', 'framemd5', '-'])
    expect([...stdout.matchAll(/^\d.*, *([0-9a-f]{32})$/gm)].map(([, md5]) => md5)).toEqual(pictures)
  })
})

describe('a film in the clear again', { timeout: 60_000 }, () => {
  beforeAll(() => protectedAs('clear'), 60_000)

  it('has the frames that it had under keys', async () => {
    expect(await framesOf('720p', 'HD')).toEqual(pictures)
  })
  it('has I-frame playlists again', async () => {
    expect(
      (await bytes(`${await prefix()}720p/iframes.${(await row()).revision}.m3u8`))?.toString(),
    ).toContain('BYTERANGE')
  })
  it('was never anything but ready on its way', async () => {
    const told = at.events
      .map(({ type }) => type)
      .filter((type) => /^video\.(ready|failed|protected)$/.test(type))
    expect(told).toEqual(['video.ready', 'video.protected', 'video.protected', 'video.protected'])
  })
})

async function protectedAs(protection: Protection): Promise<void> {
  if ((await row()).protection === protection) return
  await changeProtection(at.ports, at.ctx, at.work.videoId, { protection })
  await transcode(at.work, at.ports, at.ctx)
  expect(await row()).toMatchObject({ protection, protectionFailure: null })
}

async function open(player: 'shaka' | 'hls', manifest: string, height = ''): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(`${origin}/page?${player}&/${await prefix()}${manifest}&${height}`)
  return page
}

const PAGE = `<video id="video" muted></video><script src="/shaka.js"></script><script src="/hls.js"></script>
<script>
  const failed = []
  const [kind, url, height] = location.search.slice(1).split('&')
  let player
  if (kind === 'hls') {
    player = new Hls()
    player.on(Hls.Events.ERROR, (_, { fatal, details }) => fatal && failed.push(details))
    player.on(Hls.Events.MANIFEST_PARSED, () => video.play())
    player.loadSource(url)
    player.attachMedia(video)
  } else {
    player = new shaka.Player()
    player.addEventListener('error', ({ detail }) => failed.push(detail.code))
    if (height) player.configure({ restrictions: { maxHeight: Number(height) } })
    player.attach(video).then(() => player.load(url)).then(() => video.play()).catch((e) => failed.push(e.code ?? String(e)))
  }
</script>`

const SCRIPTS: Readonly<Record<string, string>> = {
  '/shaka.js': join(MODULES, 'shaka-player/dist/shaka-player.compiled.js'),
  '/hls.js': join(MODULES, 'hls.js/dist/hls.min.js'),
}
const TYPES: Readonly<Record<string, string>> = {
  mpd: 'application/dash+xml',
  m3u8: 'application/vnd.apple.mpegurl',
}

/** Page, players, the store, and licences for whoever asks: what is proven here are playlists and tracks. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', origin)
  const script = SCRIPTS[pathname]
  if (pathname === '/page') return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE)
  if (script) return void response.writeHead(200).end(await readFile(script))
  if (pathname === '/v1/license/clearkey') return void response.end(await clearKeyLicense(request))
  const kid = /^\/v1\/license\/key\/([0-9a-f]{32})$/.exec(pathname)?.[1]
  const body = kid
    ? (await contentKeysById(at.ports, at.work.videoId, [kid]))[0]?.key
    : await bytes(pathname.slice(1))
  const type = TYPES[pathname.split('.').at(-1) ?? ''] ?? 'application/octet-stream'
  response.writeHead(body ? 200 : 404, { 'content-type': type }).end(body)
}

/** W3C Encrypted Media Extensions, 9.1. */
async function clearKeyLicense(request: IncomingMessage): Promise<string> {
  const { kids } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { kids: string[] }
  const ids = kids.map((kid) => Buffer.from(kid, 'base64url').toString('hex'))
  const found = await contentKeysById(at.ports, at.work.videoId, ids)
  const given = found.filter(({ label }) => label !== withheld)
  const base64url = (data: Uint8Array) => Buffer.from(data).toString('base64url')
  const keys = given.map(({ keyId, key }) => ({
    kty: 'oct',
    kid: base64url(Buffer.from(keyId, 'hex')),
    k: base64url(key),
  }))
  return JSON.stringify({ keys, type: 'temporary' })
}
