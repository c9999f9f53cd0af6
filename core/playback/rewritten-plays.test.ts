import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openStreamDesk, type StreamDesk } from '../../adapters/local/testing/stream-desk.ts'
import { FRAMES, RUNGS } from '../../adapters/shaka/testing/packaged-film.ts'

const run = promisify(execFile)
const HLS_JS = join(import.meta.dirname, '../../node_modules/hls.js/dist/hls.min.js')
const PROTECTIONS = ['clear', 'aes-128'] as const

let desk: StreamDesk
let server: Server
let browser: Browser

beforeAll(async () => {
  desk = await openStreamDesk()
  server = await servePage()
  const args = ['--autoplay-policy=no-user-gesture-required', '--no-sandbox']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await desk?.[Symbol.asyncDispose]()
})

/** URL of the rewritten playlist of a new film, all that a player is given. */
async function aPlaylist(protection: (typeof PROTECTIONS)[number]): Promise<string> {
  const { id } = await desk.aFilm({ protection })
  const { headers } = await desk.get(`/v1/stream/${id}?format=hls&rewrite=1`)
  return headers.get('location') ?? ''
}

describe.each(PROTECTIONS)('rewritten playlists of a film that is %s', (protection) => {
  let page: Page
  let url: string
  beforeAll(async () => {
    url = await aPlaylist(protection)
    desk.asked.length = 0
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/?${encodeURIComponent(url)}`)
    await page.waitForFunction('video.getVideoPlaybackQuality().totalVideoFrames > 5')
  }, 60_000)
  afterAll(() => page?.close())

  it('play in Chromium with hls.js, from another site and without cookies', async () => {
    expect(await page.evaluate('[failed, hls.levels.map((level) => level.height)]')).toEqual([
      [],
      RUNGS.map(({ height }) => height),
    ])
  })
  it('play on in another quality', async () => {
    await page.evaluate('video.currentTime = 0; hls.currentLevel = 0')
    await page.waitForFunction(`video.videoHeight === ${RUNGS[0]?.height}`)
    expect(await page.evaluate('failed')).toEqual([])
  })
  it('show the captions', async () => {
    await page.evaluate('hls.subtitleTrack = 0')
    await page.waitForFunction('video.textTracks[0]?.cues?.length === 1')
    expect(await page.evaluate('video.textTracks[0].cues[0].text')).toBe('Hello')
  })
  it('send every request for a segment to the signed media', () => {
    const segments = desk.asked.filter((path) => /\.(?:m4s|mp4)$/.test(path))
    expect([segments.length > 3, segments.filter((path) => !path.startsWith('/media/'))]).toEqual([true, []])
  })
  it('are read by ffmpeg to the last frame', async () => {
    // Its demuxer goes by the ends of names, which these have before the query.
    const options = ['-v', 'error', '-extension_picky', '0', '-allowed_extensions', 'ALL']
    const ask = ['-count_frames', '-select_streams', 'v', '-show_entries', 'stream=height,nb_read_frames']
    const { stdout } = await run('ffprobe', [...options, ...ask, '-of', 'json', url])
    const found = JSON.parse(stdout).streams as { height: number; nb_read_frames: string }[]
    const frames = RUNGS.map(({ height }) => found.find((s) => s.height === height)?.nb_read_frames)
    expect(frames).toEqual(RUNGS.map(() => `${FRAMES}`))
  })
})

it('play no aes-128 film whose key is refused', async () => {
  const url = new URL(await aPlaylist('aes-128'))
  const page = await browser.newPage()
  await page.route('**/v1/license/key/**', (route) =>
    route.continue({ url: `${desk.origin}/v1/license/key/none` }),
  )
  await page.goto(
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/?${encodeURIComponent(url.href)}`,
  )
  await page.waitForFunction('failed.length > 0')
  expect(await page.evaluate('[failed[0], video.getVideoPlaybackQuality().totalVideoFrames]')).toEqual([
    'keyLoadError',
    0,
  ])
})

const PAGE = `<video id="video" muted></video>
<script src="/hls.js"></script>
<script>
  const failed = []
  const hls = new Hls()
  hls.on(Hls.Events.ERROR, (_, { fatal, details }) => fatal && failed.push(details))
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play())
  hls.loadSource(decodeURIComponent(location.search.slice(1)))
  hls.attachMedia(video)
</script>`

async function servePage(): Promise<Server> {
  const script = await readFile(HLS_JS)
  const pages = createServer(({ url }, response) => {
    const isScript = url === '/hls.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html' })
    response.end(isScript ? script : PAGE)
  })
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  return pages
}
