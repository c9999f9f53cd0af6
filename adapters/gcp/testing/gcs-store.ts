import { createHash, randomBytes } from 'node:crypto'
import { CRC32C } from '@google-cloud/storage'

/** An object as the store keeps it. Never changed: a reader keeps the one it began with. */
export interface GcsObject {
  readonly name: string
  readonly bytes: Buffer
  readonly contentType: string
  readonly cacheControl: string | undefined
  readonly metadata: Readonly<Record<string, string>>
  readonly generation: string
  readonly metageneration: number
  /** None for what was joined from parts. */
  readonly md5: string | undefined
  readonly crc32c: string
  readonly createdAt: Date
  readonly updatedAt: Date
}
export interface Session {
  readonly bucket: string
  readonly description: ObjectDescription
  readonly sizes: { readonly min: number; readonly max: number }
  readonly origin: string | undefined
  chunks: Buffer[]
}
export interface MultipartUpload {
  readonly name: string
  readonly description: ObjectDescription
  readonly parts: Map<number, { readonly bytes: Buffer; readonly etag: string }>
}
export interface ObjectDescription {
  readonly name: string
  readonly contentType: string
  readonly cacheControl: string | undefined
  readonly metadata: Readonly<Record<string, string>>
}
export interface CorsRule {
  readonly origin: readonly string[]
  readonly method: readonly string[]
  readonly responseHeader: readonly string[]
  readonly maxAgeSeconds: number
}
export interface GcsBucket {
  readonly name: string
  readonly objects: Map<string, GcsObject>
  readonly uploads: Map<string, MultipartUpload>
  cors: readonly CorsRule[]
}
export interface GcsStore {
  readonly buckets: Map<string, GcsBucket>
  readonly sessions: Map<string, Session>
  addBucket(name: string, cors?: readonly CorsRule[]): GcsBucket
  /** A new generation. Throws `PreconditionFailed`. */
  write(
    bucket: GcsBucket,
    description: ObjectDescription,
    bytes: Buffer,
    how?: WriteOptions,
  ): Promise<GcsObject>
  change(bucket: GcsBucket, object: GcsObject, to: Partial<ObjectDescription>): GcsObject
}
export interface WriteOptions {
  readonly joined?: boolean
  /** `0`: there must be none. */
  readonly ifGenerationMatch?: string | undefined
  readonly ifMetagenerationMatch?: string | undefined
}
export class PreconditionFailed extends Error {}

export function openGcsStore(options: {
  now: () => Date
  onFinalized: (bucket: string, object: GcsObject) => Promise<void>
}): GcsStore {
  let last = 0n
  const nextGeneration = (at: Date) => {
    const micros = BigInt(at.getTime()) * 1000n
    last = micros > last ? micros : last + 1n
    return String(last)
  }
  const buckets = new Map<string, GcsBucket>()
  return {
    buckets,
    sessions: new Map(),
    addBucket(name, cors = []) {
      const bucket = { name, objects: new Map(), uploads: new Map(), cors }
      buckets.set(name, bucket)
      return bucket
    },
    async write(bucket, description, bytes, how = {}) {
      checkPreconditions(bucket.objects.get(description.name), how)
      const at = options.now()
      const object: GcsObject = {
        ...description,
        bytes,
        generation: nextGeneration(at),
        metageneration: 1,
        md5: how.joined ? undefined : createHash('md5').update(bytes).digest('base64'),
        crc32c: crc32c(bytes),
        createdAt: at,
        updatedAt: at,
      }
      bucket.objects.set(object.name, object)
      await options.onFinalized(bucket.name, object)
      return object
    },
    change(bucket, object, to) {
      const changed = {
        ...object,
        ...to,
        metageneration: object.metageneration + 1,
        updatedAt: options.now(),
      }
      bucket.objects.set(object.name, changed)
      return changed
    },
  }
}

export function checkPreconditions(found: GcsObject | undefined, how: WriteOptions): void {
  const { ifGenerationMatch, ifMetagenerationMatch } = how
  if (ifGenerationMatch !== undefined && (found?.generation ?? '0') !== ifGenerationMatch)
    throw new PreconditionFailed('ifGenerationMatch')
  if (ifMetagenerationMatch !== undefined && String(found?.metageneration) !== ifMetagenerationMatch)
    throw new PreconditionFailed('ifMetagenerationMatch')
}

export const newName = (): string => randomBytes(48).toString('base64url')

/** By Google's own implementation: the driver's checks meet an independent one. */
export function crc32c(bytes: Uint8Array): string {
  const sum = new CRC32C()
  sum.update(Buffer.from(bytes))
  return sum.toString()
}

export const etagOf = ({ generation, metageneration }: GcsObject): string =>
  Buffer.from(`${BigInt(generation).toString(16)}/${metageneration}`).toString('base64')

/** https://cloud.google.com/storage/docs/json_api/v1/objects#resource */
export function resourceOf(bucket: string, object: GcsObject): Record<string, unknown> {
  return {
    kind: 'storage#object',
    id: `${bucket}/${object.name}/${object.generation}`,
    name: object.name,
    bucket,
    generation: object.generation,
    metageneration: String(object.metageneration),
    contentType: object.contentType,
    ...(object.cacheControl === undefined ? {} : { cacheControl: object.cacheControl }),
    ...(Object.keys(object.metadata).length === 0 ? {} : { metadata: object.metadata }),
    storageClass: 'STANDARD',
    size: String(object.bytes.length),
    ...(object.md5 === undefined ? {} : { md5Hash: object.md5 }),
    crc32c: object.crc32c,
    etag: etagOf(object),
    timeCreated: object.createdAt.toISOString(),
    updated: object.updatedAt.toISOString(),
  }
}
