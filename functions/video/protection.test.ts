import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { madeFilm } from '../../adapters/ffmpeg/testing/films.ts'
import type { Protection } from '../../core/protection/model.ts'
import type { Playback, Upload, Video } from '../../core/video/wire.ts'
import { readHlsFilm } from '../entry/testing/hls-film.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
let id: string
const small = () =>
  madeFilm('small.mp4', [
    ...['-f', 'lavfi', '-i', 'testsrc2=s=160x120:r=25:d=2', '-f', 'lavfi', '-i', 'sine=d=2'],
    ...['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'],
  ])
beforeAll(async () => {
  at = await openTestPlatform()
  me = await at.signUp()
  id = await me.upload('film.mp4', await readFile(await small()), { protection: 'cbcs' })
  expect((await me.until(id, ['ready', 'failed'])).status).toBe('ready')
}, 120_000)
afterAll(() => at[Symbol.asyncDispose]())

const put = (protection: Protection, newKeys = false) =>
  me.call('PUT', `/v1/videos/${id}/protection`, { protection, newKeys })
const playback = async () => (await me.call('GET', `/v1/videos/${id}/playback`)).body as Playback
const manifest = async () => (await fetch((await playback()).manifestUrl)).text()
/** Every state that the film is seen in until its protection is another one. */
async function settled(): Promise<Video[]> {
  const seen: Video[] = []
  do seen.push(await me.video(id))
  while (seen.at(-1)?.nextProtection !== undefined)
  return seen
}

describe('a film that is uploaded with a protection', { timeout: 60_000 }, () => {
  it('never lies in the clear', async () => {
    expect(await me.video(id)).toMatchObject({ protection: 'cbcs', status: 'ready' })
    expect(await manifest()).toMatch(/mp4protection:2011" value="cbcs" cenc:default_KID="[0-9a-f-]{36}"/)
  })
  it('goes over to another one and stays ready meanwhile', async () => {
    expect((await put('cenc')).status).toBe(202)
    const seen = await settled()
    expect(seen.at(-1)).toMatchObject({ protection: 'cenc' })
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set(['ready']))
    expect(await manifest()).toContain('mp4protection:2011" value="cenc"')
  })
  it('goes into the clear with every frame', async () => {
    expect((await put('clear')).body).toMatchObject({ nextProtection: 'clear' })
    await settled()
    const { variants } = await readHlsFilm((await playback()).hlsUrl)
    expect(variants).toEqual([{ height: 120, frames: 50 }])
  })
  it('has nothing to do where it is so already', async () => {
    expect((await put('clear')).status).toBe(200)
  })
})

describe('a protection', () => {
  it('is changed by the owner alone', async () => {
    const other = await at.signUp()
    const path = `/v1/videos/${id}/protection`
    expect(await other.refusal('PUT', path, { protection: 'cenc' })).toBe('404 not-found')
  })
  it('that is none is refused', async () => {
    const path = `/v1/videos/${id}/protection`
    expect(await me.refusal('PUT', path, { protection: 'rot13' })).toBe('422 invalid-input body.protection')
  })
  it('is chosen when a video is made', async () => {
    const made = await me.call('POST', '/v1/videos', { title: 'a', protection: 'cenc' })
    expect(made.body).toMatchObject({ protection: 'cenc' })
  })
  it('is chosen anew as long as there is no film', async () => {
    const { videoId } = await me.start('a.mp4', 9)
    await me.call('PATCH', `/v1/videos/${videoId}`, { protection: 'aes-128' })
    expect(await me.video(videoId)).toMatchObject({ protection: 'aes-128' })
  })
  it('is chosen with the upload for a video that is there', async () => {
    const video = (await me.call('POST', '/v1/videos', { title: 'a' })).body as Video
    const upload: Upload = await me.start('a.mp4', 9, { videoId: video.id, protection: 'cbcs' })
    expect(await me.video(upload.videoId)).toMatchObject({ protection: 'cbcs' })
  })
  it('of a film changes by its own door', async () => {
    expect(await me.refusal('PATCH', `/v1/videos/${id}`, { protection: 'cenc' })).toBe('409 film-exists')
  })
  it('of a film that is not ready cannot be changed', async () => {
    const { videoId } = await me.start('a.mp4', 9)
    const path = `/v1/videos/${videoId}/protection`
    expect(await me.refusal('PUT', path, { protection: 'cenc' })).toBe('409 not-ready')
  })
})
