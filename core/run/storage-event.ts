import { createHash } from 'node:crypto'
import type { EventOf } from '../../events/catalog.ts'
import type { Bucket } from '../ports/storage.ts'

/** What the clouds' own names of our two buckets are. */
export type BucketNames = Readonly<Record<Bucket, string>>

/** Which of our buckets a cloud's bucket is; `undefined` for a foreign one. */
export const bucketNamed = (names: BucketNames, name: string): Bucket | undefined =>
  name === names.uploads ? 'uploads' : name === names.media ? 'media' : undefined

export interface ObjectCreated {
  readonly bucket: Bucket
  /** Decoded. */
  readonly key: string
  readonly sizeBytes: number
  /** Without quotes. */
  readonly etag: string
  /** S3's and Event Grid's `sequencer`, Cloud Storage's `generation`: orders the writes of one key, see `compareVersions`. */
  readonly version: string
  readonly time: string
}

/**
 * The neutral event of one finished write. Its id follows from bucket, key and version: the same write told twice, or by
 * two ways (S3's notification and EventBridge), is the same event.
 */
export function objectCreated(facts: ObjectCreated): EventOf<'storage.object.created'> {
  const { bucket, key, sizeBytes, etag, version, time } = facts
  const name = createHash('sha256')
    .update(JSON.stringify([bucket, key, version]))
    .digest('hex')
  return {
    id: `evt_${name.slice(0, 32)}`,
    type: 'storage.object.created',
    source: `/skyreel/storage/${bucket}`,
    subject: key,
    time,
    data: { bucket, key, sizeBytes, etag, version },
  }
}

/**
 * Below 0 where `a` is the older write of the same key. The shorter one is padded with zeros on the left, then both are
 * compared as text: right for hexadecimal sequencers and decimal generations alike.
 */
export function compareVersions(a: string, b: string): number {
  const length = Math.max(a.length, b.length)
  const [left, right] = [a.padStart(length, '0'), b.padStart(length, '0')]
  return left < right ? -1 : left > right ? 1 : 0
}
