import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packageSampleFilm, RUNGS, storePlaylists } from '../../adapters/shaka/testing/packaged-film.ts'
import { readCaptionFile } from '../video/caption-file.ts'
import { writeHls } from './hls.ts'

const CAPTION = '1\n00:00:00,000 --> 00:00:09,000\nHello <i>there</i>\n'
const HLS_JS = join(import.meta.dirname, '../../node_modules/hls.js/dist/hls.min.js')

let folder: string
let server: Server
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-plays-'))
  const captions = [{ language: 'en', label: 'English "CC"', file: '../caption.vtt', isDefault: true }]
  const film = { ...(await packageSampleFilm(folder)), captions }
  await storePlaylists(folder, [
    ...writeHls(film, { revision: 1 }),
    ...writeHls({ ...film, video: [] }, { revision: 2 }),
    ...writeHls({ ...film, audio: [] }, { revision: 3 }),
  ])
  await writeFile(
    join(folder, 'caption.vtt'),
    readCaptionFile(new TextEncoder().encode(CAPTION), 'text/srt').vtt,
  )
  await writeFile(join(folder, 'page.html'), PAGE)
  server = await serve()
  const args = ['--autoplay-policy=no-user-gesture-required', '--no-sandbox']
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args })
}, 120_000)

afterAll(async () => {
  await browser?.close()
  server?.closeAllConnections()
  server?.close()
  await rm(folder, { recursive: true, force: true })
})

describe('HLS in Chromium with hls.js', () => {
  let page: Page
  beforeAll(async () => {
    page = await open('master.1.m3u8')
    await page.waitForFunction('video.getVideoPlaybackQuality().totalVideoFrames > 5')
  })

  it('offers every rung', async () => {
    expect(await page.evaluate('hls.levels.map((level) => level.height)')).toEqual([144, 240, 360])
  })

  it('begins with the variant that stands first', async () => {
    expect(await page.evaluate('hls.levels[hls.firstLevel].height')).toBe(360)
  })

  it('offers both languages', async () => {
    const offered = await page.evaluate(
      'hls.audioTracks.map((track) => [track.lang, track.name, track.default])',
    )
    expect(offered).toEqual([
      ['en', 'English', true],
      ['de', 'Deutsch', false],
    ])
  })

  it('shows a caption at its time', async () => {
    await page.waitForFunction('video.textTracks[0]?.activeCues?.length > 0')
    const cue = await page.evaluate(
      '(({ startTime, endTime, text }) => [startTime, endTime, text])(video.textTracks[0].activeCues[0])',
    )
    expect(cue).toEqual([0, 9, 'Hello <i>there</i>'])
  })

  it.each(RUNGS)('switches to $name', async ({ name, height }) => {
    await page.evaluate(
      `video.currentTime = 0; hls.currentLevel = hls.levels.findIndex((level) => level.height === ${height})`,
    )
    await page.waitForFunction(`video.videoHeight === ${height}`)
    expect(await page.evaluate('hls.levels[hls.currentLevel].url[0]')).toContain(`/${name}/index.1.m3u8`)
  })

  it('switches the language', async () => {
    await page.evaluate('video.currentTime = 0; hls.audioTrack = 1')
    await page.waitForFunction('switched === 1')
    expect(await page.evaluate('failed')).toEqual([])
  })

  it('plays to the end', async () => {
    await page.evaluate('video.currentTime = 9.5; video.play()')
    await page.waitForFunction('video.ended')
    expect(await page.evaluate('video.duration')).toBeCloseTo(10, 1)
  })

  it('reads the same caption file as a track element', async () => {
    await page.waitForFunction('document.querySelector("track").readyState === 2')
    expect(await page.evaluate('document.querySelector("track").track.cues.length')).toBe(1)
  })
})

describe('parts of a film in Chromium with hls.js', () => {
  it('plays sound alone, in either language', async () => {
    const page = await open('master.2.m3u8')
    await page.waitForFunction('video.currentTime > 0.5')
    await page.evaluate('hls.audioTrack = 1')
    await page.waitForFunction('switched === 1')
    expect(await page.evaluate('[failed, hls.levels.length, video.videoWidth]')).toEqual([[], 1, 0])
  })

  it('plays a picture without sound', async () => {
    const page = await open('master.3.m3u8')
    await page.waitForFunction('video.getVideoPlaybackQuality().totalVideoFrames > 5')
    expect(await page.evaluate('[failed, hls.audioTracks.length]')).toEqual([[], 0])
  })
})

async function open(master: string): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html?${master}`)
  return page
}

const PAGE = `<video id="video" muted></video>
<video muted><track kind="captions" src="/caption.vtt" default></video>
<script src="/hls.js"></script>
<script>
  let switched
  const failed = []
  const hls = new Hls()
  hls.on(Hls.Events.ERROR, (_, { fatal, details }) => fatal && failed.push(details))
  hls.on(Hls.Events.AUDIO_TRACK_SWITCHED, (_, { id }) => { switched = id })
  hls.on(Hls.Events.MANIFEST_PARSED, () => video.play())
  hls.loadSource('/film/' + location.search.slice(1))
  hls.attachMedia(video)
</script>`

async function serve(): Promise<Server> {
  const files = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://film')
    readFile(pathname === '/hls.js' ? HLS_JS : join(folder, pathname)).then(
      (body) =>
        response.writeHead(200, { 'content-type': TYPES[extname(pathname)] ?? 'video/mp4' }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
  return files
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.vtt': 'text/vtt',
  '.m3u8': 'application/vnd.apple.mpegurl',
}
