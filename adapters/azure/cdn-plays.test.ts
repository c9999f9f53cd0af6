import { execFile } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeDash } from '../../core/playback/dash.ts'
import { writeHls } from '../../core/playback/hls.ts'
import { FRAMES, packageSampleFilm, RUNGS, storePlaylists } from '../shaka/testing/packaged-film.ts'
import { type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { openDeliveryOn } from './testing/delivery.ts'

const run = promisify(execFile)
const missing = azuriteMissing()

/** A film of three rungs and two languages as it lies in the media container, captions beside its generation. */
async function storeFilm({ storage }: Awaited<ReturnType<typeof openDeliveryOn>>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'skyreel-plays-'))
  try {
    const captions = [{ language: 'en', label: 'English', file: '../caption.vtt', isDefault: true }]
    const film = { ...(await packageSampleFilm(folder)), captions }
    // ffmpeg's DASH demuxer breaks a BaseURL that has an ampersand, which captions have and segments do not.
    const mute = { ...film, captions: [] }
    await storePlaylists(folder, [...writeHls(film, { revision: 1 }), writeDash(mute, { revision: 1 })])
    await writeFile(join(folder, 'caption.vtt'), 'WEBVTT\n\n00:01.000 --> 00:02.000\nHello\n')
    const files = await readdir(folder, { recursive: true, withFileTypes: true })
    for (const file of files.filter((entry) => entry.isFile() && entry.name !== 'all.mp4')) {
      const path = join(file.parentPath, file.name)
      const key = `videos/1/${relative(folder, path)}`
      await storage.put('media', key, createReadStream(path), { contentType: 'application/octet-stream' })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

// ffmpeg's demuxers go by the ends of names, which signed URLs have before their query; players in browsers do not.
const KINDS = [
  { kind: 'HLS', file: 'film/master.1.m3u8', options: ['-extension_picky', '0'] },
  { kind: 'DASH', file: 'film/manifest.1.mpd', options: [] },
]

describe.skipIf(missing !== undefined)(`a film behind Front Door${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  let at: Awaited<ReturnType<typeof openDeliveryOn>>
  beforeAll(async () => {
    azurite = await openAzurite()
    at = await openDeliveryOn(azurite)
    await storeFilm(at)
  }, 120_000)
  afterAll(async () => {
    await at?.[Symbol.asyncDispose]()
    await azurite?.[Symbol.asyncDispose]()
  })

  it.each(KINDS)('decodes to every frame of every rung, as $kind', async ({ file, options }) => {
    const { url } = await at.cdn.sign('videos/1/', file, at.later)
    const ask = ['-count_frames', '-select_streams', 'v', '-show_entries', 'stream=height,nb_read_frames']
    const { stdout } = await run('ffprobe', ['-v', 'error', '-of', 'json', ...options, ...ask, url])
    const found = JSON.parse(stdout).streams as { height: number; nb_read_frames: string }[]
    const frames = RUNGS.map(({ height }) => found.find((s) => s.height === height)?.nb_read_frames)
    expect(frames).toEqual(RUNGS.map(() => `${FRAMES}`))
  })
})
