import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Bytes, PutOptions, StoredObject } from '../../core/ports/storage.ts'
import { at, head, type Place, type S3, unquoted } from './storage-s3.ts'

/** Of a stream, whose length S3 must be told before: so much is held in memory at once. S3 takes 10,000 parts: 80 GB. */
const PART_BYTES = 8 * 1024 ** 2

export async function put(
  s3: S3,
  place: Place,
  { body, how }: { body: Bytes; how: PutOptions },
): Promise<StoredObject> {
  if (body instanceof Uint8Array) return putWhole(s3, place, { body, how })
  const blocks = inBlocks(body)
  const first = (await blocks.next()).value ?? new Uint8Array()
  // Most streams are shorter than a part: one request instead of three.
  if (first.length < PART_BYTES) return putWhole(s3, place, { body: first, how })
  return putParts(s3, place, { first, rest: blocks, how })
}

/** S3 and we call them differently. */
export const described = ({ contentType, cacheControl }: PutOptions) => ({
  ContentType: contentType,
  ...(cacheControl === undefined ? {} : { CacheControl: cacheControl }),
})

async function putWhole(s3: S3, place: Place, { body, how }: { body: Uint8Array; how: PutOptions }) {
  const request = { ...at(s3, place), ...described(how), Body: body, ContentLength: body.length }
  const { ETag = '' } = await s3.client.send(new PutObjectCommand(request))
  return asWritten(s3, place, { etag: unquoted(ETag), sizeBytes: body.length, how })
}

/** S3 tells the time of a write by HEAD alone. Where another write came between, ours is described from what we know. */
async function asWritten(
  s3: S3,
  place: Place,
  { etag, sizeBytes, how }: { etag: string; sizeBytes: number; how: PutOptions },
): Promise<StoredObject> {
  const found = await head(s3, place)
  if (!found) throw new Error('the object was removed while it was written')
  if (found.etag === etag) return found
  return { key: place.key, sizeBytes, etag, contentType: how.contentType, modifiedAt: found.modifiedAt }
}

interface Parts {
  readonly first: Uint8Array
  readonly rest: AsyncIterable<Uint8Array>
  readonly how: PutOptions
}

async function putParts(s3: S3, place: Place, { first, rest, how }: Parts): Promise<StoredObject> {
  const begun = new CreateMultipartUploadCommand({ ...at(s3, place), ...described(how) })
  const { UploadId } = await s3.client.send(begun)
  const upload = { ...at(s3, place), UploadId }
  try {
    const stored: { PartNumber: number; ETag: string }[] = []
    let sizeBytes = 0
    for await (const Body of joined(first, rest)) {
      const PartNumber = stored.length + 1
      const part = new UploadPartCommand({ ...upload, PartNumber, Body, ContentLength: Body.length })
      stored.push({ PartNumber, ETag: (await s3.client.send(part)).ETag ?? '' })
      sizeBytes += Body.length
    }
    const made = await s3.client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: stored } }),
    )
    return await asWritten(s3, place, { etag: unquoted(made.ETag ?? ''), sizeBytes, how })
  } catch (error) {
    // What cannot be aborted now goes by the lifecycle rule; the reason of the failure is the first one.
    await s3.client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined)
    throw error
  }
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first
  yield* rest
}

/** The same bytes in blocks of `PART_BYTES`, but the last. */
async function* inBlocks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array[] = []
  let length = 0
  for await (let chunk of body) {
    while (length + chunk.length >= PART_BYTES) {
      const cut = PART_BYTES - length
      yield Buffer.concat([...held, chunk.subarray(0, cut)])
      chunk = chunk.subarray(cut)
      held = []
      length = 0
    }
    // The giver may use its buffer again.
    held.push(Uint8Array.from(chunk))
    length += chunk.length
  }
  if (length > 0) yield Buffer.concat(held)
}
