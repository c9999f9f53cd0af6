import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeFilm, opencvFilmOrSkip } from '../../adapters/ffmpeg/testing/films.ts'
import type { Captions, Playback, Renditions, Thumbnails } from '../../core/video/wire.ts'
import { readHlsFilm } from '../entry/testing/hls-film.ts'
import {
  type Client,
  openTestPlatform,
  type ProblemBody,
  type TestPlatform,
} from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
beforeAll(async () => {
  at = await openTestPlatform()
  me = await at.signUp()
})
afterAll(() => at[Symbol.asyncDispose]())

const SMALL = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast']
const bars = (size: string, seconds: number, more: readonly string[] = []) =>
  madeFilm('bars.mp4', ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25:d=${seconds}`, ...more, ...SMALL])
/** Two chunks, low and high qualities, few frames. */
const twoChunks = () => madeFilm('slow.mp4', ['-f', 'lavfi', '-i', 'testsrc2=s=640x480:r=10:d=70', ...SMALL])
const withSound = (seconds: number) => bars('320x240', seconds, ['-f', 'lavfi', '-i', `sine=d=${seconds}`])

async function finished(path: string, name = 'film.mp4') {
  const id = await me.upload(name, await readFile(path))
  return me.until(id, ['ready', 'failed'])
}
const playbackOf = async (id: string) => (await me.call('GET', `/v1/videos/${id}/playback`)).body as Playback
const renditionsOf = async (id: string) =>
  ((await me.call('GET', `/v1/videos/${id}/renditions`)).body as Renditions).items.map(
    (rendition) => rendition.height,
  )

/** Keys of a video that lie in the store, of both buckets. */
async function objectsOf(id: string): Promise<string[]> {
  const { storage } = at.platform.ports
  const films = await storage.list('uploads', { prefix: `films/${id}/`, limit: 1000 })
  const media = await storage.list('media', { prefix: `videos/${id}/`, limit: 1000 })
  return [...films, ...media].map((object) => object.key)
}

describe('a film', { timeout: 120_000 }, () => {
  it('goes from upload to ready, and every segment of every quality decodes', async (ctx) => {
    const video = await finished(await opencvFilmOrSkip(ctx, 'cup.mp4'))
    expect(video).toMatchObject({ status: 'ready', progress: 1, width: 640, height: 480 })
    expect(await renditionsOf(video.id)).toEqual([144, 240, 360, 480])
    const film = await readHlsFilm((await playbackOf(video.id)).hlsUrl)
    expect(film.variants.map((variant) => variant.frames)).toEqual(
      film.variants.map(() => film.variants[0]?.frames),
    )
    expect(film.audioTracks).toBe(1)
  })
  it('is playable before it is ready, and its progress never goes back', async () => {
    const id = await me.upload('two.mp4', await readFile(await twoChunks()))
    const seen: { status: string; progress: number }[] = []
    do seen.push(await me.video(id))
    while (!['ready', 'failed'].includes(seen.at(-1)?.status ?? ''))
    expect(new Set(seen.map((video) => video.status))).toContain('playable')
    const progress = seen.map((video) => video.progress)
    expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  })
  it('can be watched in low qualities while it is playable', async () => {
    const id = await me.upload('early.mp4', await readFile(await twoChunks()))
    await me.until(id, ['playable'])
    const film = await readHlsFilm((await playbackOf(id)).hlsUrl)
    expect(film.variants.map((variant) => [variant.height, variant.frames])).toEqual([
      [144, 700],
      [240, 700],
      [360, 700],
    ])
  })
  it('tells its progress live until it is ready', async () => {
    const id = await me.upload('live.mp4', await readFile(await withSound(2)))
    const { body } = await me.call('GET', `/v1/videos/${id}/events`)
    const events = [...String(body).matchAll(/data: (.*)/g)].map(
      (match) => JSON.parse(match[1] ?? '') as { status: string },
    )
    expect(events.at(-1)?.status).toBe('ready')
  })
  it('has a poster and a storyboard', async () => {
    const { id } = await finished(await withSound(3))
    const { items } = (await me.call('GET', `/v1/videos/${id}/thumbnails`)).body as Thumbnails
    const types = await Promise.all(
      items.map(async (item) => (await fetch(item.url)).headers.get('content-type')),
    )
    expect(types).toEqual(['image/jpeg', 'text/vtt; charset=utf-8'])
  })
  it('without sound plays', async () => {
    const { id } = await finished(await bars('160x120', 2))
    expect((await readHlsFilm((await playbackOf(id)).hlsUrl)).audioTracks).toBe(0)
  })
  it('of sound alone plays', async () => {
    const video = await finished(
      await madeFilm('tone.m4a', ['-f', 'lavfi', '-i', 'sine=d=3', '-c:a', 'aac']),
      'tone.m4a',
    )
    expect(video.status).toBe('ready')
    expect((await fetch((await playbackOf(video.id)).hlsUrl)).status).toBe(200)
  })
  it('with two languages offers both', async () => {
    const maps = [
      '-map',
      '0:v',
      '-map',
      '1:a',
      '-map',
      '2:a',
      '-metadata:s:a:0',
      'language=eng',
      '-metadata:s:a:1',
      'language=ger',
    ]
    const two = ['-f', 'lavfi', '-i', 'sine=440:d=2', '-f', 'lavfi', '-i', 'sine=880:d=2', ...maps]
    const { id } = await finished(await bars('160x120', 2, two))
    const master = await (await fetch((await playbackOf(id)).hlsUrl)).text()
    expect([...master.matchAll(/LANGUAGE="(\w+)"/g)].map((match) => match[1])).toEqual(['en', 'de'])
  })
})

describe('captions', { timeout: 120_000 }, () => {
  const VTT = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n'
  const put = (id: string, language: string, body: string, type = 'text/vtt') =>
    me.call('PUT', `/v1/videos/${id}/captions/${language}?label=English`, body, type)
  it('join the playlists of a film that is ready', async () => {
    const { id } = await finished(await bars('160x120', 2))
    await put(id, 'en', VTT)
    const master = await (await fetch((await playbackOf(id)).hlsUrl)).text()
    expect(master).toMatch(/TYPE=SUBTITLES.*NAME="English"/)
  })
  it('leave no more than two revisions of the playlists behind', async () => {
    const { id } = await finished(await bars('160x120', 2))
    for (let i = 0; i < 4; i++) await put(id, 'en', VTT)
    const masters = (await objectsOf(id)).filter((key) => key.includes('/master.'))
    expect(masters.map((key) => key.split('/').at(-1))).toEqual(['master.5.m3u8', 'master.6.m3u8'])
  })
  it('that came before the film are in its first playlists', async () => {
    const upload = await me.start('a.mp4', 5)
    const answer = (await put(upload.videoId, 'en', VTT)).body as Captions
    expect(answer.items.map((caption) => caption.cues)).toEqual([1])
  })
  it('as SubRip become WebVTT', async () => {
    const { id } = await finished(await bars('160x120', 2))
    await put(id, 'de', '1\n00:00:00,000 --> 00:00:01,000\nHallo\n', 'application/x-subrip')
    const [caption] = (await playbackOf(id)).captions
    expect(await (await fetch(caption?.url ?? '')).text()).toContain('00:00:00.000 --> 00:00:01.000\nHallo')
  })
  it('that are none are refused with the line', async () => {
    const upload = await me.start('a.mp4', 5)
    const problem = (await put(upload.videoId, 'en', 'no captions')).body as ProblemBody
    expect(problem.errors?.[0]?.message).toContain('line 1')
  })
})

describe('a film that cannot be played', { timeout: 120_000 }, () => {
  const hostile: readonly (readonly [string, string, () => Promise<Uint8Array>])[] = [
    [
      'text renamed to .mp4',
      'not-video',
      async () => new TextEncoder().encode('Dear Sir or Madam,\n'.repeat(200)),
    ],
    [
      'random bytes',
      'not-video',
      async () => Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3)) % 251),
    ],
    [
      'an MP4 without its index',
      'malformed',
      async () => (await readFile(await withSound(4))).subarray(0, 60_000),
    ],
    [
      'a film that ends too early',
      'truncated',
      async () => halved(await bars('320x240', 20, ['-movflags', '+faststart'])),
    ],
    [
      'a film of one frame',
      'too-short',
      async () =>
        readFile(
          await madeFilm('one.mp4', [
            '-f',
            'lavfi',
            '-i',
            'testsrc2=s=160x120:r=25',
            '-frames:v',
            '1',
            ...SMALL,
          ]),
        ),
    ],
  ]
  it.each(hostile)('%s fails as %s and leaves nothing behind', async (_, reason, make) => {
    const id = await me.upload('film.mp4', await make())
    const video = await me.until(id, ['ready', 'failed'])
    expect(video.failure?.reason).toBe(reason)
    await expect.poll(() => objectsOf(id), { timeout: 20_000 }).toEqual([])
  })
  it('says in words what to do', async () => {
    const id = await me.upload('film.mp4', new TextEncoder().encode('hello hello hello'))
    expect((await me.until(id, ['failed'])).failure?.message).toMatch(/not a video/)
  })
})

const halved = async (path: string) => {
  const bytes = await readFile(path)
  return bytes.subarray(0, bytes.length / 2)
}

describe('deleting', { timeout: 120_000 }, () => {
  it('stops the work and removes every object', async () => {
    const id = await me.upload('long.mp4', await readFile(await twoChunks()))
    await me.until(id, ['playable'])
    await me.call('DELETE', `/v1/videos/${id}`)
    await expect.poll(() => objectsOf(id), { timeout: 20_000 }).toEqual([])
    const scratch = join(at.home, 'scratch')
    expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([])
  })
})

describe('signed delivery', { timeout: 120_000 }, () => {
  it('refuses a changed grant', async () => {
    const { id } = await finished(await bars('160x120', 2))
    const { hlsUrl } = await playbackOf(id)
    const [origin, grant] = [
      /^.*\/media\//.exec(hlsUrl)?.[0] ?? '',
      /\/media\/([^/]+)/.exec(hlsUrl)?.[1] ?? '',
    ]
    const changed = grant.slice(0, -1) + (grant.endsWith('A') ? 'B' : 'A')
    expect((await fetch(hlsUrl.replace(origin + grant, origin + changed))).status).toBe(403)
  })
  it('refuses a grant of another film', async () => {
    const [a, b] = [await finished(await bars('160x120', 2)), await finished(await bars('160x120', 2))]
    const { hlsUrl } = await playbackOf(a.id)
    expect((await fetch(hlsUrl.replace(a.id, b.id))).status).toBe(403)
  })
  it('is not given for a private film of somebody else', async () => {
    const { id } = await finished(await bars('160x120', 2))
    expect(await at.nobody.refusal('GET', `/v1/videos/${id}/playback`)).toBe('404 not-found')
  })
  it('is given to anybody for a public film', async () => {
    const { id } = await finished(await bars('160x120', 2))
    await me.call('PATCH', `/v1/videos/${id}`, { visibility: 'public' })
    expect((await at.nobody.call('GET', `/v1/videos/${id}/playback`)).status).toBe(200)
  })
})
