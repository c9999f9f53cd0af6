import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  AUDIO,
  FRAMES,
  packageSampleFilm,
  RUNGS,
  storePlaylists,
} from '../../adapters/shaka/testing/packaged-film.ts'
import { readCaptionFile } from '../video/caption-file.ts'
import { writeDash } from './dash.ts'
import { writeHls } from './hls.ts'

const run = promisify(execFile)
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'skyreel-reads-'))
  const captions = [{ language: 'en', label: 'English', file: '../caption.vtt', isDefault: true }]
  const film = { ...(await packageSampleFilm(folder)), captions }
  await storePlaylists(folder, [...writeHls(film, { revision: 1 }), writeDash(film, { revision: 1 })])
  const { vtt } = readCaptionFile(
    new TextEncoder().encode('1\n00:00:01,000 --> 00:00:02,000\nHello\n'),
    'text/srt',
  )
  await writeFile(join(folder, 'caption.vtt'), vtt)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

// ffmpeg's DASH demuxer takes no .vtt without being told; its HLS demuxer looks at subtitles only when asked.
const FILMS = [
  { kind: 'HLS', manifest: 'film/master.1.m3u8', options: [] },
  { kind: 'DASH', manifest: 'film/manifest.1.mpd', options: ['-allowed_extensions', 'ALL'] },
]

describe.each(FILMS)('$kind read by ffmpeg', ({ manifest, options }) => {
  it.each(RUNGS)('decodes to every frame in $name', async ({ width, height }) => {
    const entries = 'stream=width,height,nb_read_frames'
    const args = ['-v', 'error', ...options, '-count_frames', '-select_streams', 'v', '-of', 'json']
    const { stdout } = await run('ffprobe', [...args, '-show_entries', entries, join(folder, manifest)])
    const found = JSON.parse(stdout).streams.find((s: { width: number }) => s.width === width)
    expect(found).toEqual({ width, height, nb_read_frames: `${FRAMES}` })
  })

  it('decodes both languages to ten seconds', async () => {
    for (const index of AUDIO.keys()) {
      const output = ['-map', `0:a:${index}`, '-ac', '1', '-ar', '8000', '-f', 's16le', '-']
      const { stdout } = await run(
        'ffmpeg',
        ['-v', 'error', ...options, '-i', join(folder, manifest), ...output],
        {
          encoding: 'buffer',
          maxBuffer: 1e6,
        },
      )
      expect(stdout.byteLength / 16_000).toBeCloseTo(10, 1)
    }
  })
})

it('names in its I-frame playlists byte ranges that decode to one key frame each', async () => {
  const at = join(folder, 'film/240p')
  const playlist = await readFile(join(at, 'iframes.1.m3u8'), 'utf8')
  const ranges = [...playlist.matchAll(/#EXT-X-BYTERANGE:(\d+)@(\d+)\n(.+)/g)]
  expect(ranges).not.toHaveLength(0)
  for (const [, size, offset, file] of ranges) {
    const frame = (await readFile(join(at, file ?? ''))).subarray(
      Number(offset),
      Number(offset) + Number(size),
    )
    const alone = join(folder, 'iframe.mp4')
    await writeFile(alone, Buffer.concat([await readFile(join(at, 'init.mp4')), frame]))
    const args = ['-v', 'quiet', '-show_entries', 'frame=key_frame', '-of', 'csv=p=0', alone]
    expect((await run('ffprobe', args)).stdout.trim()).toMatch(/^1,?$/)
  }
})
