import { readFile } from 'node:fs/promises'
import { eq } from 'drizzle-orm'
import { thumbnails, videos } from '../../../core/database/schema.ts'
import type { VideoId } from '../../../core/run/id.ts'
import { idFromUuid } from '../../../core/run/id.ts'
import { generationPrefix, sourceKey } from '../../../core/video/model.ts'
import { openTestColumn, type TestColumn, type TestColumnOptions } from './column.ts'
import { aPerson, aVideo } from './rows.ts'

export interface AcceptedFilm extends TestColumn {
  readonly work: { readonly videoId: VideoId; readonly generation: number }
  readonly sourceKey: string
  video(): Promise<typeof videos.$inferSelect | undefined>
  /** Names of the pictures that the API shows. */
  shown(): Promise<string[]>
  /** Names of all objects of the film's generation. */
  objects(): Promise<string[]>
}

/** A film that was accepted just now: its bytes lie in the store, and nothing was made of it. */
export async function openAcceptedFilm(path: string, options: TestColumnOptions = {}): Promise<AcceptedFilm> {
  const column = await openTestColumn(options)
  const { db, storage, ids } = column.ports
  const { id: videoId } = await aVideo(db, { ownerId: (await aPerson(db)).id })
  const key = sourceKey(videoId, idFromUuid('upl', ids.uuid()))
  await storage.put('uploads', key, await readFile(path), { contentType: 'video/mp4' })
  await db.update(videos).set({ sourceKey: key }).where(eq(videos.id, videoId))
  const prefix = generationPrefix(videoId, 1)
  return Object.assign(column, {
    ...{ work: { videoId, generation: 1 }, sourceKey: key },
    video: async () => (await db.select().from(videos).where(eq(videos.id, videoId)))[0],
    shown: async () => (await db.select().from(thumbnails)).map((row) => row.name).toSorted(),
    objects: async () =>
      (await storage.list('media', { prefix, limit: 1000 })).map((object) => object.key.slice(prefix.length)),
  })
}
