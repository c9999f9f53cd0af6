import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  type File,
  type Bucket as GcsBucket,
  IdempotencyStrategy,
  Storage,
  type StorageOptions,
} from '@google-cloud/storage'
import type { Clock } from '../../core/ports/clock.ts'
import type { Bucket, ByteRange, Bytes, PutOptions, StoredObject } from '../../core/ports/storage.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import type { Credentials } from './credentials.ts'
import { type Found, readObject } from './storage-read.ts'

/** Metadata of an object as the store gives it. */
export interface Facts {
  readonly object: StoredObject
  readonly generation: string
  /** Of its bytes, base64. */
  readonly crc32c: string | undefined
  /** Metadata of our own. */
  readonly custom: Readonly<Record<string, unknown>>
}

export interface ObjectsOptions {
  /** Origin of the store. */
  readonly endpoint: string
  readonly buckets: BucketNames
  readonly credentials: Credentials
  readonly clock: Clock
}

/** What needs Google's client: it is loaded with this file, and what only signs or joins parts does without. */
export interface Objects {
  put(bucket: Bucket, key: string, body: Bytes, how: PutOptions): Promise<StoredObject>
  get(bucket: Bucket, key: string, range?: ByteRange): Promise<Found | undefined>
  describe(bucket: Bucket, key: string): Promise<Facts | undefined>
  list(bucket: Bucket, want: ListWanted): Promise<StoredObject[]>
  remove(bucket: Bucket, key: string): Promise<void>
}
interface ListWanted {
  readonly prefix: string
  readonly after?: string
  readonly limit: number
}

export async function openObjects(options: ObjectsOptions): Promise<Objects> {
  const client = await openClient(options.endpoint, options.credentials)
  const of = (bucket: Bucket) => client.bucket(options.buckets[bucket])
  const describe = (bucket: Bucket, key: string) => describeObject(of(bucket).file(key))
  return {
    put: (bucket, key, body, how) => putObject(of(bucket), key, body, how),
    get: (bucket, key, range) => {
      const at = { ...options, bucket: options.buckets[bucket], key, describe: () => describe(bucket, key) }
      return readObject(at, range)
    },
    describe,
    list: (bucket, want) => listObjects(of(bucket), want),
    remove: (bucket, key) => removeObject(of(bucket).file(key)),
  }
}

/** Google's client. Repeats are safe: what this column writes under one key it writes whole. */
async function openClient(endpoint: string, credentials: Credentials): Promise<Storage> {
  return new Storage({
    apiEndpoint: endpoint,
    useAuthWithCustomEndpoint: true,
    ...(await ownClient(credentials)),
    // The library's own patience, 600 s, is longer than a function lives.
    retryOptions: {
      idempotencyStrategy: IdempotencyStrategy.RetryAlways,
      ...{ maxRetries: 3, maxRetryDelay: 1, totalTimeout: 60 },
    },
  })
}

/** The library brings its own major version of google-auth-library, whose classes are others by type alone. */
const ownClient = async (credentials: Credentials): Promise<Pick<StorageOptions, 'authClient'>> =>
  ({ authClient: await credentials.authClient() }) as unknown as Pick<StorageOptions, 'authClient'>

/** What a stream of unknown length is cut into; a multiple of 256 KiB, as the store wants it. */
const CHUNK_BYTES = 8 * 1024 ** 2

async function putObject(bucket: GcsBucket, key: string, body: Bytes, options: PutOptions) {
  const file = bucket.file(key)
  const { contentType, cacheControl } = options
  const how = {
    contentType,
    validation: 'crc32c',
    metadata: { contentType, ...(cacheControl === undefined ? {} : { cacheControl }) },
  } as const
  const { head, rest } = await readHead(body)
  if (!rest) await file.save(head, { ...how, resumable: false })
  else {
    // Begun apart: where the endpoint is another, 8.4 begins it within createWriteStream without a token.
    const begun = file.createResumableUpload({ metadata: how.metadata })
    // Nobody reads on then, and it may be an open file.
    const [uri] = await begun.catch(async (error: unknown) => {
      await rest.return?.()
      throw error
    })
    await pipeline(
      Readable.from(joined(head, rest), { objectMode: false }),
      // Nothing is visible before the last chunk, and a stream that breaks never sends that one.
      file.createWriteStream({ ...how, uri, resumable: true, chunkSize: CHUNK_BYTES }),
    )
  }
  return factsOf(key, file.metadata).object
}

/** The first chunk, and what follows it where that is not all: one request then does for the many small files. */
async function readHead(body: Bytes): Promise<{ head: Buffer; rest?: AsyncIterator<Uint8Array> }> {
  if (body instanceof Uint8Array) return { head: Buffer.from(body.buffer, body.byteOffset, body.byteLength) }
  const rest = body[Symbol.asyncIterator]()
  const chunks: Uint8Array[] = []
  for (let size = 0; size <= CHUNK_BYTES; ) {
    const { done, value } = await rest.next()
    if (done) return { head: Buffer.concat(chunks) }
    chunks.push(value)
    size += value.length
  }
  return { head: Buffer.concat(chunks), rest }
}

async function* joined(head: Uint8Array, rest: AsyncIterator<Uint8Array>) {
  yield head
  yield* { [Symbol.asyncIterator]: () => rest }
}

async function describeObject(file: File): Promise<Facts | undefined> {
  try {
    const [metadata] = await file.getMetadata()
    return factsOf(file.name, metadata)
  } catch (error) {
    if (isMissingObject(error)) return undefined
    throw error
  }
}

async function listObjects(bucket: GcsBucket, { prefix, after, limit }: ListWanted): Promise<StoredObject[]> {
  const found: StoredObject[] = []
  const wanted = Math.min(limit, 1000)
  for (let pageToken: string | undefined; found.length < wanted; ) {
    const [files, next] = await bucket.getFiles({
      ...{ prefix, autoPaginate: false, maxResults: Math.min(wanted + 1, 1000) },
      // The store begins with this key itself.
      ...(after === undefined ? {} : { startOffset: after }),
      ...(pageToken === undefined ? {} : { pageToken }),
    })
    const behind = files.filter(({ name }) => name !== after)
    found.push(...behind.map((file) => factsOf(file.name, file.metadata).object))
    pageToken = (next as { pageToken?: string } | null)?.pageToken
    if (pageToken === undefined) break
  }
  return found.slice(0, Math.max(wanted, 0))
}

async function removeObject(file: File): Promise<void> {
  try {
    await file.delete()
  } catch (error) {
    if (!isMissingObject(error)) throw error
  }
}

function factsOf(key: string, metadata: File['metadata']): Facts {
  const { size, etag, contentType, updated, generation, crc32c } = metadata
  if (size === undefined || etag === undefined || generation === undefined || updated === undefined)
    throw new Error(`the store described ${key} without size, etag, generation or time`)
  const object: StoredObject = {
    key,
    sizeBytes: Number(size),
    etag,
    contentType: contentType ?? 'application/octet-stream',
    modifiedAt: new Date(updated),
  }
  return { object, generation: String(generation), crc32c, custom: metadata.metadata ?? {} }
}

/** A bucket that is not there is answered 404 too, and is a failure. */
function isMissingObject(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: string }
  return Number(code) === 404 && /no such object/i.test(message ?? '')
}
