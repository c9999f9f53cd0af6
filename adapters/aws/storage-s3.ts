import { GetObjectCommand, HeadObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { Ids } from '../../core/ports/ids.ts'
import type { Bucket, StoredObject } from '../../core/ports/storage.ts'
import { type AwsAccess, clientOptions } from './config.ts'
import { codeOf, unless } from './storage-failed.ts'
import { MARK } from './storage-upload.ts'

/** What every operation works with. */
export interface S3 {
  readonly client: S3Client
  /** The bucket's name on S3. */
  name(bucket: Bucket): string
  readonly ids: Pick<Ids, 'secret'>
  /** Buckets that were seen to be there. */
  readonly seen: Set<Bucket>
}

export interface Place {
  readonly bucket: Bucket
  readonly key: string
}

export function openS3(options: AwsAccess & Pick<S3, 'ids'>): S3 {
  const { buckets } = options.config
  const client = new S3Client(s3Options(options))
  return { client, name: (bucket) => buckets[bucket], ids: options.ids, seen: new Set() }
}

/**
 * Without the checksums that the SDK adds by itself: parts that it sends would carry CRC32, which S3 refuses for an upload
 * that was begun without ("expected checksum Type: null"), and emulators refuse streams of it. What arrives is checked all
 * the same: the signature covers the body's SHA-256.
 */
function s3Options(options: AwsAccess): S3ClientConfig {
  return {
    ...clientOptions(options, 's3'),
    // A part of a film may take long on its way; a connection on which nothing moves for a minute is dead.
    requestHandler: { connectionTimeout: 3000, socketTimeout: 60_000, maxSockets: 200 },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Emulators have one host for all buckets.
    forcePathStyle: options.config.endpoints.s3 !== undefined,
  }
}

export const at = (s3: S3, { bucket, key }: Place) => ({ Bucket: s3.name(bucket), Key: key })

export async function head(s3: S3, place: Place): Promise<StoredObject | undefined> {
  return (await describe(s3, place))?.object
}

/** The object, and the mark of the upload that made it. */
export async function describe(s3: S3, place: Place) {
  const found = await unless(missing(s3, place), s3.client.send(new HeadObjectCommand(at(s3, place))))
  return found && { object: toStored(place.key, found, found.ContentLength), mark: found.Metadata?.[MARK] }
}

/** The answer to a HEAD has no body: "no such bucket" looks like "no such key" there. */
const missing = (s3: S3, place: Place) => async (error: unknown) =>
  codeOf(error) === 'NotFound' && (await hasBucket(s3, place))

/** Whether a missing object's bucket is there; asked once. Throws what else S3 says. */
async function hasBucket(s3: S3, place: Place): Promise<boolean> {
  if (s3.seen.has(place.bucket)) return true
  const request = new GetObjectCommand({ ...at(s3, place), Range: 'bytes=0-0' })
  try {
    const found = await s3.client.send(request)
    ;(found.Body as { destroy?(): void } | undefined)?.destroy?.()
  } catch (error) {
    // Anything but these two says that it could not be looked for.
    if (!['NoSuchKey', 'InvalidRange'].includes(codeOf(error) ?? '')) throw error
  }
  s3.seen.add(place.bucket)
  return true
}

interface Facts {
  readonly ETag?: string | undefined
  readonly ContentType?: string | undefined
  readonly LastModified?: Date | undefined
}

export function toStored(key: string, facts: Facts, sizeBytes: number | undefined): StoredObject {
  if (facts.ETag === undefined || facts.LastModified === undefined || sizeBytes === undefined)
    throw new Error('the store left out etag, time or size')
  const contentType = facts.ContentType ?? 'application/octet-stream'
  return { key, sizeBytes, etag: unquoted(facts.ETag), contentType, modifiedAt: facts.LastModified }
}

export const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1')
