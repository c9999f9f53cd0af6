import { eq } from 'drizzle-orm'
import type * as z from 'zod/mini'
import { conflict, invalid } from '../http/problem.ts'
import type { Transaction } from '../ports/database.ts'
import type { Ports, Uses } from '../ports/ports.ts'
import type { Protection } from '../protection/model.ts'
import type { Actor } from '../run/actor.ts'
import { idFromUuid, type VideoId } from '../run/id.ts'
import { videoFor } from './find.ts'
import { lockVideo } from './lock.ts'
import { sourceKey, type Visibility } from './model.ts'
import { uploads, videos } from './schema.ts'
import { findVideo } from './store.ts'
import { type UploadRow, uploadsOfVideo } from './upload-store.ts'
import type { UploadStart } from './wire.ts'

type Wanted = z.infer<typeof UploadStart>
type Needs = Uses<'db' | 'storage' | 'clock' | 'ids' | 'config'>

const MEBIBYTE = 1024 ** 2
const SMALLEST_PART = 8 * MEBIBYTE
/** S3 takes 10,000 parts; we stay below. */
const MOST_PARTS = 9000

/** Begins a multipart upload in the store, and the video for it unless one was named. */
export async function startUpload(uses: Needs, actor: Actor, wanted: Wanted): Promise<UploadRow> {
  checkFilm(uses.config, wanted)
  const id = idFromUuid('upl', uses.ids.uuid())
  const videoId =
    wanted.videoId === undefined
      ? idFromUuid('vid', uses.ids.uuid())
      : await ownVideo(uses, actor, wanted.videoId)
  const contentType = wanted.type || 'application/octet-stream'
  const objectKey = sourceKey(videoId, id)
  const storeUpload = await uses.storage.startParts('uploads', objectKey, { contentType })
  const row = uploadRow(uses, { id, videoId, objectKey, storeUpload, contentType, wanted, actor })
  try {
    const { protection, title = titleFrom(wanted.name) } = wanted
    await insertUpload(uses, actor, { row, title, protection })
  } catch (error) {
    await uses.storage.abortParts('uploads', objectKey, storeUpload)
    throw error
  }
  return row
}

async function insertUpload(
  uses: Needs,
  actor: Actor,
  { row, title, protection }: { row: UploadRow; title: string; protection: Protection | undefined },
): Promise<void> {
  const { videoId: id } = row
  const wanted = protection === undefined ? {} : { protection }
  await uses.db.transaction(async (tx) => {
    if (row.madeVideo) await tx.insert(videos).values(videoRow(uses, actor, { id, title, ...wanted }))
    else await mustWait(tx, id)
    if (!row.madeVideo && protection)
      await tx.update(videos).set({ protection, updatedAt: uses.clock.now() }).where(eq(videos.id, id))
    await tx.insert(uploads).values(row)
  })
}

/** A new, empty video of this owner: private until they say otherwise. */
export function videoRow(
  { clock }: Uses<'clock'>,
  actor: Actor,
  facts: {
    id: VideoId
    title: string
    description?: string
    visibility?: Visibility
    protection?: Protection
  },
) {
  const now = clock.now()
  return {
    visibility: 'private',
    status: 'uploading',
    ...facts,
    ownerId: actor.userId,
    createdAt: now,
    updatedAt: now,
  } as const
}

function uploadRow(
  { clock, config }: Needs,
  from: Pick<UploadRow, 'id' | 'videoId' | 'objectKey' | 'storeUpload' | 'contentType'> & {
    wanted: Wanted
    actor: Actor
  },
): UploadRow {
  const { wanted, actor, ...facts } = from
  const createdAt = clock.now()
  const expiresAt = new Date(createdAt.getTime() + config.uploadDays * 86_400_000)
  const size = { sizeBytes: wanted.size, partBytes: partBytesFor(wanted.size) }
  return {
    ...facts,
    ...size,
    name: wanted.name,
    ownerId: actor.userId,
    state: 'open',
    madeVideo: wanted.videoId === undefined,
    createdAt,
    expiresAt,
  }
}

/** Parts of 8 MiB, larger where a film would have too many of them. */
export function partBytesFor(sizeBytes: number): number {
  return Math.max(SMALLEST_PART, Math.ceil(sizeBytes / MOST_PARTS / MEBIBYTE) * MEBIBYTE)
}

export const partCount = ({ sizeBytes, partBytes }: Pick<UploadRow, 'sizeBytes' | 'partBytes'>): number =>
  Math.ceil(sizeBytes / partBytes)

/** Exact size of one part: all are `partBytes` but the last. */
export function partSize(upload: Pick<UploadRow, 'sizeBytes' | 'partBytes'>, number: number): number {
  return Math.min(upload.partBytes, upload.sizeBytes - (number - 1) * upload.partBytes)
}

/** With parameters, as in `video/mp4; codecs="avc1"`. */
const FILM_TYPE =
  /^(?:(?:video|audio)\/[\w.+-]+|application\/(?:octet-stream|mxf|mp4|ogg|x-matroska|vnd\.rn-realmedia))(?: *;[ -~]*)?$/i

function checkFilm(config: Ports['config'], { size, type }: Wanted): void {
  if (size === 0) throw invalid([{ field: 'body.size', rule: 'empty', message: 'the file is empty' }])
  if (size > config.uploadMaxBytes)
    throw invalid([
      { field: 'body.size', rule: 'too_large', message: `may be ${config.uploadMaxBytes} bytes at most` },
    ])
  if (type && !FILM_TYPE.test(type))
    throw invalid([{ field: 'body.type', rule: 'media_type', message: 'must be a video or audio type' }])
}

/** A video that was made before and has no film yet. */
async function ownVideo(uses: Needs, actor: Actor, id: string): Promise<VideoId> {
  return (await videoFor(uses, actor, 'video:update', id)).id
}

/** Under the video's lock, so that of two uploads for it at once only one begins. */
async function mustWait(tx: Transaction, id: VideoId): Promise<void> {
  await lockVideo(tx, id)
  const waiting = (await findVideo(tx, id))?.status === 'uploading'
  const begun = (await uploadsOfVideo(tx, id)).some((upload) => upload.state !== 'aborted')
  if (!waiting || begun)
    throw conflict('film-exists', 'The video has a film already or one is being uploaded.')
}

const titleFrom = (name: string): string =>
  name
    .replace(/\.[A-Za-z0-9]{1,5}$/, '')
    .slice(0, 200)
    .trim() || name.slice(0, 200)
