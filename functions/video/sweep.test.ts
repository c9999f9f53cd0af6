import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLocalStorage } from '../../adapters/local/storage.ts'
import { testContext } from '../../adapters/local/testing/column.ts'
import { memoryLog } from '../../adapters/local/testing/log.ts'
import { anUpload, aVideo } from '../../adapters/local/testing/rows.ts'
import { uploads, videos } from '../../core/database/schema.ts'
import type { Ports } from '../../core/ports/ports.ts'
import type { UploadId, VideoId } from '../../core/run/id.ts'
import { unitsOf } from '../../core/transcode/unit-store.ts'
import { acceptFilm } from '../../core/video/accept-film.ts'
import { purgeDeleted } from '../../core/video/delete-video.ts'
import { sweepUploads } from '../../core/video/sweep-uploads.ts'
import { completeUpload } from '../../core/video/upload.ts'
import type { Upload } from '../../core/video/wire.ts'
import { type Client, openTestPlatform, type TestPlatform } from '../entry/testing/platform.ts'

let at: TestPlatform
let me: Client
beforeAll(async () => {
  at = await openTestPlatform()
  me = await at.signUp()
})
afterAll(() => at[Symbol.asyncDispose]())

/** The platform's ports as they will be `seconds` from now. */
function later(seconds: number): Ports {
  const { clock, ...ports } = at.platform.ports
  return { ...ports, clock: { ...clock, now: () => new Date(clock.now().getTime() + seconds * 1000) } }
}
const ctx = () => testContext()
const rowOf = async (upload: Upload) => {
  const rows = await at.platform.ports.db
    .select()
    .from(uploads)
    .where(eq(uploads.id, upload.id as UploadId))
  if (!rows[0]) throw new Error(`no row of ${upload.id}`)
  return rows[0]
}

/** Joins the parts in the store behind the platform's back: an object is there, and nobody was told. */
async function completeUntold(upload: Upload, bytes: Uint8Array): Promise<void> {
  const parts = await me.send(upload, bytes)
  const { secrets, clock, ids } = at.platform.ports
  const folder = join(at.home, 'objects')
  const store = await openLocalStorage({ folder, origin: me.origin, secrets, clock, ids, log: memoryLog() })
  const row = await rowOf(upload)
  await store.completeParts('uploads', row.objectKey, row.storeUpload, parts)
}

const TEXT = new TextEncoder().encode('This is no film at all.')

describe('the upload sweep', () => {
  it('finds a film whose event was lost', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await completeUntold(upload, TEXT)
    await sweepUploads(later(11), ctx())
    expect((await me.until(upload.videoId, ['failed'])).failure?.reason).toBe('not-video')
  })
  it('finds it behind hundreds of uploads that were given up', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await completeUntold(upload, TEXT)
    const { db } = at.platform.ports
    const { ownerId } = await rowOf(upload)
    for (let i = 0; i < 205; i++) {
      const video = await aVideo(db, { ownerId, status: 'uploading', generation: 0 })
      await anUpload(db, { ownerId, videoId: video.id })
    }
    await sweepUploads(later(11), ctx())
    expect((await me.until(upload.videoId, ['failed'])).failure?.reason).toBe('not-video')
  })
  it('takes a film that is there even when its time is over', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await completeUntold(upload, TEXT)
    await sweepUploads(later(8 * 86_400), ctx())
    expect((await me.until(upload.videoId, ['failed'])).failure?.reason).toBe('not-video')
  })
  it('leaves a fresh film to its event', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await completeUntold(upload, TEXT)
    await sweepUploads(later(0), ctx())
    expect((await me.video(upload.videoId)).status).toBe('uploading')
  })
  it('ends an upload whose time is over and says why', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await sweepUploads(later(8 * 86_400), ctx())
    expect((await me.video(upload.videoId)).failure?.reason).toBe('upload-expired')
    expect((await rowOf(upload)).state).toBe('aborted')
  })
})

describe('an object that is told twice', () => {
  it('is worked on once', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    await completeUntold(upload, TEXT)
    const object = {
      bucket: 'uploads',
      key: (await rowOf(upload)).objectKey,
      sizeBytes: TEXT.length,
      etag: 'x',
    }
    await Promise.all([1, 2, 3].map(() => acceptFilm(at.platform.ports, ctx(), object)))
    const work = { videoId: upload.videoId as VideoId, generation: 1 }
    expect(await unitsOf(at.platform.ports.db, work)).toHaveLength(1)
  })
  it('is removed when its upload was cancelled meanwhile', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    const { objectKey } = await rowOf(upload)
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    await at.platform.ports.storage.put('uploads', objectKey, TEXT, { contentType: 'video/mp4' })
    await acceptFilm(at.platform.ports, ctx(), { bucket: 'uploads', key: objectKey, sizeBytes: 1, etag: 'x' })
    expect(await at.platform.ports.storage.head('uploads', objectKey)).toBeUndefined()
  })
  it('is dropped when its name is none of ours', async () => {
    const object = { bucket: 'uploads', key: 'films/else', sizeBytes: 1, etag: 'x' }
    expect(await acceptFilm(at.platform.ports, ctx(), object)).toMatchObject({ is: 'drop' })
  })
})

describe('a cancellation', () => {
  it('wins over a completion that was under way', async () => {
    const upload = await me.start('a.mp4', TEXT.length)
    const [stale, parts] = [await rowOf(upload), await me.send(upload, TEXT)]
    await me.call('DELETE', `/v1/uploads/${upload.id}`)
    const { ports } = at.platform
    // The store's side of the completion came first.
    const storage = {
      ...ports.storage,
      completeParts: async () => ({
        ...(await ports.storage.put('uploads', stale.objectKey, TEXT, { contentType: 'video/mp4' })),
      }),
    }
    await expect(completeUpload({ ...ports, storage }, stale, parts)).rejects.toMatchObject({
      facts: { code: 'upload-aborted' },
    })
  })
})

describe('a deleted video', () => {
  it('loses what a late worker wrote, and then its row', async () => {
    const { videoId } = await me.start('a.mp4', 3)
    await me.call('DELETE', `/v1/videos/${videoId}`)
    const { storage, db } = at.platform.ports
    await storage.put('media', `videos/${videoId}/g1/late.m4s`, TEXT, { contentType: 'video/mp4' })
    await purgeDeleted(later(301), ctx())
    expect(await storage.list('media', { prefix: `videos/${videoId}/`, limit: 1 })).toEqual([])
    expect(
      await db
        .select()
        .from(videos)
        .where(eq(videos.id, videoId as VideoId)),
    ).toEqual([])
  })
})
