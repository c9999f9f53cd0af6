import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import type { VideoId } from '../../core/run/id.ts'
import { picturesJobId } from '../../core/thumbnails/hand-over.ts'
import type { Thumbnails, Video } from '../../core/video/wire.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
beforeAll(async () => {
  at = await openTestPlatform()
  me = await at.signUp()
})
afterAll(() => at[Symbol.asyncDispose]())

const SMALL = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast']
const bars = (size: string, rate: number, seconds: number) =>
  madeFilm('bars.mp4', ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`, ...SMALL])
/** Its transcode takes much longer than its pictures. */
const clip = () => bars('640x480', 10, 90)
const upload = async (film: Promise<string>) => me.upload('clip.mp4', await readFile(await film))

/** Asks until `wanted` answers something; throws with what was asked for after a minute. */
async function waitFor<T>(what: string, wanted: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; ; await new Promise((r) => setTimeout(r, 100))) {
    const found = await wanted()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited a minute for ${what}`)
  }
}
const withPoster = (id: string) =>
  waitFor('a poster', async () => {
    const video = await me.video(id)
    return video.posterUrl === undefined ? undefined : video
  })
const thumbnailsOf = async (id: string) =>
  ((await me.call('GET', `/v1/videos/${id}/thumbnails`)).body as Thumbnails).items
const objectsOf = async (id: string) =>
  (await at.platform.ports.storage.list('media', { prefix: `videos/${id}/`, limit: 1000 })).map(
    (object) => object.key,
  )
const isEarly = (video: Pick<Video, 'posterUrl'>) => video.posterUrl?.includes('/early/')

describe('a clip', { timeout: 180_000 }, () => {
  it('has a poster while it is transcoded', async () => {
    const video = await withPoster(await upload(clip()))
    expect([video.status === 'ready', isEarly(video)]).toEqual([false, true])
    expect((await fetch(video.posterUrl ?? '')).headers.get('content-type')).toBe('image/jpeg')
  })
  it('has a storyboard whose sheet can be had', async () => {
    const id = await upload(clip())
    await withPoster(id)
    const storyboard = (await thumbnailsOf(id)).find((item) => item.kind === 'storyboard')?.url ?? ''
    const text = await (await fetch(storyboard)).text()
    const sheet = /^(\S+\.jpg\S*)#xywh=/m.exec(text)?.[1] ?? ''
    const answer = await fetch(new URL(sheet, storyboard))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
  })
  it('has those of its transcode alone once it is ready', async () => {
    const id = await upload(clip())
    await withPoster(id)
    const ready = await me.until(id, ['ready', 'failed'])
    expect([ready.status, isEarly(ready)]).toEqual(['ready', false])
    expect((await thumbnailsOf(id)).map((item) => item.kind)).toEqual(['poster', 'storyboard'])
    // They go behind the transaction that made the film ready.
    await waitFor('the early objects to go', async () => {
      const early = (await objectsOf(id)).filter((key) => key.includes('/early/'))
      return early.length === 0 ? true : undefined
    })
  })
  it('takes its early pictures along when it is deleted', async () => {
    const id = await upload(clip())
    await withPoster(id)
    await me.call('DELETE', `/v1/videos/${id}`)
    const left = await waitFor('its objects to go', async () =>
      (await objectsOf(id)).length === 0 ? 'nothing' : undefined,
    )
    expect(left).toBe('nothing')
  })
})

describe('a film that is too long for the function', { timeout: 180_000 }, () => {
  it('has a job of its own, which ends well', async () => {
    const id = await upload(bars('64x64', 1, 660))
    const job = picturesJobId({ videoId: id as VideoId, generation: 1 })
    const state = await waitFor('the job to end', async () => {
      const found = await at.platform.ports.jobs.state(job)
      return found === 'done' || found === 'failed' ? found : undefined
    })
    expect(state).toBe('done')
  })
})
