import type { BlobHTTPHeaders, ContainerClient } from '@azure/storage-blob'
import {
  type ByteRange,
  type Bytes,
  type PutOptions,
  RangeRefused,
  type Storage,
  type StoredObject,
} from '../../core/ports/storage.ts'
import { type BlockNames, blockIdOf, inBlocks } from './storage-blocks.ts'
import { codeOf, failed, isMissing } from './storage-errors.ts'

/** What a stream of unknown length is cut into; it is also what one put holds in memory. */
const BLOCK_BYTES = 8 * 1024 ** 2

export const headersOf = ({ contentType, cacheControl }: PutOptions): BlobHTTPHeaders => ({
  blobContentType: contentType,
  ...(cacheControl !== undefined && { blobCacheControl: cacheControl }),
})

interface Facts {
  readonly etag?: string | undefined
  readonly lastModified?: Date | undefined
  readonly contentType?: string | undefined
  readonly contentLength?: number | undefined
}

/** Headers have the etag in quotes, lists have it without. */
const bare = (etag: string): string => etag.replace(/^"(.*)"$/, '$1')

export function storedObject(
  key: string,
  { etag, lastModified, contentType, contentLength }: Facts,
): StoredObject {
  if (etag === undefined || lastModified === undefined || contentLength === undefined)
    throw new Error('the store did not tell all facts of an object')
  const type = contentType ?? 'application/octet-stream'
  return { key, sizeBytes: contentLength, etag: bare(etag), contentType: type, modifiedAt: lastModified }
}

/** One request where the length is known or small; else blocks, which become the object together at the end. */
export async function put(
  container: ContainerClient,
  names: BlockNames,
  want: { key: string; body: Bytes; how: PutOptions },
): Promise<StoredObject> {
  const { key, body, how } = want
  if (body instanceof Uint8Array) return putWhole(container, key, { body, how })
  const blob = container.getBlockBlobClient(key)
  const [upload, ids] = [names.begin(), [] as string[]]
  let contentLength = 0
  for await (const { bytes, last } of inBlocks(body, BLOCK_BYTES)) {
    if (last && ids.length === 0) return putWhole(container, key, { body: bytes, how })
    const id = blockIdOf(upload, ids.length + 1)
    await blob.stageBlock(id, bytes, bytes.byteLength)
    ids.push(id)
    contentLength += bytes.byteLength
  }
  const made = await blob.commitBlockList(ids, { blobHTTPHeaders: headersOf(how) })
  return storedObject(key, { ...made, contentLength, contentType: how.contentType })
}

async function putWhole(
  container: ContainerClient,
  key: string,
  { body, how }: { body: Uint8Array; how: PutOptions },
): Promise<StoredObject> {
  const blob = container.getBlockBlobClient(key)
  const made = await blob.upload(body, body.byteLength, { blobHTTPHeaders: headersOf(how) })
  return storedObject(key, { ...made, contentLength: body.byteLength, contentType: how.contentType })
}

/** What the blob is, with the metadata that `completeParts` leaves; `undefined` where there is none. */
export async function describe(container: ContainerClient, key: string) {
  try {
    const found = await container.getBlobClient(key).getProperties()
    return { object: storedObject(key, found), metadata: found.metadata ?? {} }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * The body comes as it is read. The SDK takes up a broken connection under the etag that it began with: an object that was
 * replaced meanwhile is an error then, never half of each.
 */
export async function get(container: ContainerClient, key: string, range: ByteRange | undefined) {
  const found = await download(container, key, range)
  if (!found?.readableStreamBody) return undefined
  const contentLength = Number(found.contentRange?.split('/')[1] ?? found.contentLength)
  // The SDK's answer has its facts as getters of a class: a copy by spreading would have none.
  const { etag, lastModified, contentType } = found
  const object = storedObject(key, { etag, lastModified, contentType, contentLength })
  if (range && range.start >= object.sizeBytes) {
    // Azurite answers a range that begins right at the end with nothing; the service itself refuses it.
    await Array.fromAsync(found.readableStreamBody)
    throw new RangeRefused(`bytes ${range.start}- of ${object.sizeBytes}`)
  }
  return { object, body: bodyOf(found.readableStreamBody, key) } satisfies Awaited<ReturnType<Storage['get']>>
}

async function download(container: ContainerClient, key: string, range: ByteRange | undefined) {
  const { start, end } = range ?? { start: 0 }
  if (start < 0 || (end !== undefined && end < start)) throw new RangeRefused(`bytes ${start}-${end}`)
  try {
    return await container.getBlobClient(key).download(start, end === undefined ? undefined : end - start + 1)
  } catch (error) {
    if (codeOf(error) === 'InvalidRange')
      throw new RangeRefused(`bytes ${start}-${end ?? ''}`, { cause: error })
    if (isMissing(error)) return undefined
    throw error
  }
}

async function* bodyOf(stream: NodeJS.ReadableStream, key: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as unknown as Uint8Array
  } catch (cause) {
    throw failed('reading', key, cause)
  }
}
