import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Upload } from '../../core/video/wire.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
let other: Client
beforeAll(async () => {
  at = await openTestPlatform()
  ;[me, other] = [await at.signUp(), await at.signUp()]
})
afterAll(() => at[Symbol.asyncDispose]())

const bytes = (size: number) => new Uint8Array(size).fill(7)
const complete = (upload: Upload) => `/v1/uploads/${upload.id}/complete`
const PART = 8 * 1024 ** 2
const NOWHERE = 'upl_00000000000000000000000000000000'

describe('starting an upload', () => {
  it('refuses an empty film and says so', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a.mp4', size: 0, type: 'video/mp4' })).toBe(
      '422 invalid-input body.size',
    )
  })
  it('refuses a size that is no whole number', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a.mp4', size: 1.5 })).toBe(
      '422 invalid-input body.size',
    )
  })
  it('refuses a film above the limit', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a.mp4', size: 2 ** 50 })).toBe(
      '422 invalid-input body.size',
    )
  })
  it('refuses what is neither video nor sound', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a.pdf', size: 5, type: 'application/pdf' })).toBe(
      '422 invalid-input body.type',
    )
  })
  it('refuses control characters in a type', async () => {
    const body = { name: 'a', size: 5, type: 'video/mp4\u0000' }
    expect(await me.refusal('POST', '/v1/uploads', body)).toBe('422 invalid-input body.type')
  })
  it('takes a type with parameters', async () => {
    const body = { name: 'a', size: 5, type: 'video/mp4; codecs="avc1.64001f"' }
    expect((await me.call('POST', '/v1/uploads', body)).status).toBe(201)
  })
  it('begins one of several uploads that are started for a video at once', async () => {
    const { id } = (await me.call('POST', '/v1/videos', { title: 'one film' })).body as { id: string }
    const start = () => me.call('POST', '/v1/uploads', { name: 'a', size: 5, videoId: id })
    const statuses = (await Promise.all([start(), start(), start()])).map((answer) => answer.status)
    expect(statuses.toSorted()).toEqual([201, 409, 409])
  })
  it('names every missing field', async () => {
    expect(await me.refusal('POST', '/v1/uploads', {})).toBe('422 invalid-input body.name body.size')
  })
  it('refuses unknown fields', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a', size: 1, sice: 1 })).toBe(
      '422 invalid-input body',
    )
  })
  it('needs somebody', async () => {
    expect(await at.nobody.refusal('POST', '/v1/uploads', { name: 'a', size: 1 })).toBe('401 unauthorized')
  })
  it('takes a name with path tricks as a title only', async () => {
    const upload = await me.start('../../etc/passwd\\..\\x.mp4', 3)
    await me.send(upload, bytes(3))
    expect((await me.video(upload.videoId)).title).toBe('../../etc/passwd\\..\\x')
  })
  it('keeps SQL and HTML in a title as text', async () => {
    const title = `'); DROP TABLE videos; -- <img src=x onerror=alert(1)>`
    const upload = await me.start('a.mp4', 3, { title })
    expect((await me.video(upload.videoId)).title).toBe(title)
  })
  it('refuses control characters in a name', async () => {
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a\u0000b', size: 1 })).toBe(
      '422 invalid-input body.name',
    )
  })
  it('refuses to attach a film to a video of somebody else', async () => {
    const { videoId } = await me.start('a.mp4', 3)
    expect(await other.refusal('POST', '/v1/uploads', { name: 'a', size: 1, videoId })).toBe('404 not-found')
  })
  it('refuses a second film for a video', async () => {
    const { videoId } = await me.start('a.mp4', 3)
    expect(await me.refusal('POST', '/v1/uploads', { name: 'a', size: 1, videoId })).toBe('409 film-exists')
  })
})

describe('parts', () => {
  it('go straight to the store by signed requests of exact size', async () => {
    const upload = await me.start('a.mp4', PART + 3)
    expect(upload.parts.map((part) => part.sizeBytes)).toEqual([PART, 3])
  })
  it('refuse another length than was signed', async () => {
    const upload = await me.start('a.mp4', 3)
    const response = await fetch(upload.parts[0]?.url ?? '', { method: 'PUT', body: bytes(4) })
    expect(response.status).toBeGreaterThanOrEqual(400)
    expect(response.status).toBeLessThan(500)
  })
  it('refuse a changed signature', async () => {
    const upload = await me.start('a.mp4', 3)
    const response = await fetch(`${upload.parts[0]?.url}x`, { method: 'PUT', body: bytes(3) })
    expect(response.status).toBe(403)
  })
  it('are listed from the store after a reload, with requests for the rest', async () => {
    const upload = await me.start('a.mp4', PART + 3)
    await me.send({ ...upload, parts: upload.parts.slice(1) }, bytes(PART + 3))
    const again = (await me.call('GET', `/v1/uploads/${upload.id}`)).body as Upload
    expect([again.storedParts.map((p) => p.number), again.parts.map((p) => p.number)]).toEqual([[2], [1]])
  })
  it('are signed again on request', async () => {
    const upload = await me.start('a.mp4', PART + 3)
    const answer = await me.call('POST', `/v1/uploads/${upload.id}/parts`, { numbers: [2] })
    expect((answer.body as { parts: { number: number }[] }).parts.map((part) => part.number)).toEqual([2])
  })
  it('are not signed beyond the last', async () => {
    const upload = await me.start('a.mp4', 3)
    expect(await me.refusal('POST', `/v1/uploads/${upload.id}/parts`, { numbers: [1, 2] })).toBe(
      '422 invalid-input body.numbers.1',
    )
  })
  it('are not signed for somebody else', async () => {
    const upload = await me.start('a.mp4', 3)
    expect(await other.refusal('POST', `/v1/uploads/${upload.id}/parts`, { numbers: [1] })).toBe(
      '404 not-found',
    )
  })
})

describe('completing', () => {
  it('refuses parts in wrong order', async () => {
    const upload = await me.start('a.mp4', PART + 3)
    const parts = await me.send(upload, bytes(PART + 3))
    expect(await me.refusal('POST', complete(upload), { parts: parts.toReversed() })).toBe(
      '422 invalid-input body.parts.0.number',
    )
  })
  it('refuses fewer parts than the declared size makes', async () => {
    const upload = await me.start('a.mp4', PART + 3)
    const parts = await me.send(upload, bytes(PART + 3))
    expect(await me.refusal('POST', complete(upload), { parts: parts.slice(0, 1) })).toBe(
      '422 invalid-input body.parts',
    )
  })
  it('refuses parts that were never sent', async () => {
    const upload = await me.start('a.mp4', 3)
    expect(await me.refusal('POST', complete(upload), { parts: [{ number: 1, etag: '"x"' }] })).toBe(
      '422 invalid-input body.parts',
    )
  })
  it('gives the same answer again', async () => {
    const upload = await me.start('a.mp4', 3)
    const parts = await me.send(upload, bytes(3))
    const answers = [
      await me.call('POST', complete(upload), { parts }),
      await me.call('POST', complete(upload), { parts }),
    ]
    expect(answers.map((answer) => answer.status)).toEqual([200, 200])
    expect(answers[1]?.body).toEqual(answers[0]?.body)
  })
  it('happens once when it is asked for many times at once', async () => {
    const upload = await me.start('a.mp4', 3)
    const parts = await me.send(upload, bytes(3))
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => me.call('POST', complete(upload), { parts })),
    )
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
  })
  it('is not for somebody else', async () => {
    const upload = await me.start('a.mp4', 3)
    expect(await other.refusal('POST', complete(upload), { parts: [{ number: 1, etag: 'x' }] })).toBe(
      '404 not-found',
    )
  })
  it('does not know an unknown id', async () => {
    expect(
      await me.refusal('POST', `/v1/uploads/${NOWHERE}/complete`, { parts: [{ number: 1, etag: 'x' }] }),
    ).toBe('404 not-found')
  })
  it('does not know a malformed id', async () => {
    expect(await me.refusal('GET', "/v1/uploads/1'%20OR%201=1")).toBe('404 not-found')
  })
})

describe('cancelling', () => {
  it('takes the video that was only made for the upload with it', async () => {
    const upload = await me.start('a.mp4', 3)
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    expect(await me.refusal('GET', `/v1/videos/${upload.videoId}`)).toBe('404 not-found')
  })
  it('leaves no part behind', async () => {
    const before = storedFiles()
    const upload = await me.start('a.mp4', 3)
    await me.send(upload, bytes(3))
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    expect(storedFiles()).toEqual(before)
  })
  it('succeeds again', async () => {
    const upload = await me.start('a.mp4', 3)
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    expect((await me.call('DELETE', `/v1/uploads/${upload.id}`)).status).toBe(204)
  })
  it('ends the upload for good', async () => {
    const upload = await me.start('a.mp4', 3)
    const parts = await me.send(upload, bytes(3))
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    expect(await me.refusal('POST', complete(upload), { parts })).toBe('409 upload-aborted')
  })
  it('is not for somebody else', async () => {
    const upload = await me.start('a.mp4', 3)
    expect(await other.refusal('DELETE', `/v1/uploads/${upload.id}`)).toBe('404 not-found')
  })
})

/** Files of parts that lie in the store. */
function storedFiles(): string[] {
  const folder = join(at.home, 'objects', 'uploads')
  mkdirSync(folder, { recursive: true })
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath.includes('part'))
    .map((entry) => entry.name)
}
