import type { Decoded } from '../../core/run/consumer.ts'
import { type BucketNames, bucketNamed, objectCreated } from '../../core/run/storage-event.ts'
import { EventUnreadable } from '../../core/run/wire-event.ts'
import { decodeOr, foreign, ignored, isRecord, type NativeRecord } from './events-native.ts'

/** What both of S3's forms tell of a new object. */
interface Told {
  readonly bucket: unknown
  readonly key: string
  readonly size: unknown
  readonly etag: unknown
  readonly sequencer: unknown
  readonly time: unknown
}

/**
 * One record of an S3 notification.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function decodeS3Record(record: unknown, buckets: BucketNames): Decoded {
  if (!isRecord(record)) return foreign(record, 'the record is not an object')
  return decodeOr(record, () => {
    const name = text(record.eventName, 'eventName')
    if (!/^(s3:)?ObjectCreated:/.test(name)) return ignored(`S3 tells of ${name.slice(0, 80)}`)
    if (!/^2\./.test(text(record.eventVersion, 'eventVersion')))
      throw new EventUnreadable('the notification is of a version that we do not know')
    const { bucket, object } = parts(record.s3)
    const { size, eTag: etag, sequencer } = object
    const key = formDecoded(text(object.key, 'key'))
    return created({ bucket: bucket.name, key, size, etag, sequencer, time: record.eventTime }, buckets)
  })
}

/**
 * S3's event by way of EventBridge: the key comes as it was written, the time without its milliseconds.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
 */
export function decodeS3BusEvent(native: NativeRecord, buckets: BucketNames): Decoded {
  return decodeOr(native, () => {
    const type = text(native['detail-type'], 'detail-type')
    if (type !== 'Object Created') return ignored(`S3 tells of ${type.slice(0, 80)}`)
    const { bucket, object } = parts(native.detail)
    const { size, etag, sequencer } = object
    const key = text(object.key, 'key')
    return created({ bucket: bucket.name, key, size, etag, sequencer, time: native.time }, buckets)
  })
}

/** What S3 sends when a notification is set up. It holds no records. */
export const isS3TestEvent = (native: NativeRecord): boolean =>
  native.Service === 'Amazon S3' && native.Event === 's3:TestEvent'

function created(told: Told, buckets: BucketNames): Decoded {
  const name = text(told.bucket, 'bucket')
  const bucket = bucketNamed(buckets, name)
  if (bucket === undefined) return ignored(`the bucket ${name.slice(0, 80)} is not ours`)
  const event = objectCreated({
    bucket,
    key: text(told.key, 'key'),
    sizeBytes: bytes(told.size),
    etag: text(told.etag, 'etag').replaceAll('"', ''),
    version: text(told.sequencer, 'sequencer'),
    time: instant(told.time),
  })
  return { is: 'event', event }
}

function parts(value: unknown): { bucket: NativeRecord; object: NativeRecord } {
  const { bucket, object } = isRecord(value) ? value : {}
  if (!isRecord(bucket) || !isRecord(object)) throw new EventUnreadable('S3 tells no bucket or no object')
  return { bucket, object }
}

/** S3 writes keys as forms do: a space is "+", and a plus "%2B". */
function formDecoded(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '))
  } catch (cause) {
    throw new EventUnreadable('the key is badly encoded', { cause })
  }
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw new EventUnreadable(`S3 tells no ${name}`)
}

function bytes(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new EventUnreadable('S3 tells no size')
}

function instant(value: unknown): string {
  const time = new Date(text(value, 'time'))
  if (Number.isNaN(time.getTime())) throw new EventUnreadable('S3 tells no time')
  return time.toISOString()
}
