import type { Decoded } from '../../core/run/consumer.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { fromWire } from '../../core/run/wire-event.ts'
import { decodeBusEvent, isBusEvent } from './bus-events.ts'
import { decodeOr, foreign, ignored, isRecord, type NativeRecord } from './events-native.ts'
import { decodeS3Record, isS3TestEvent } from './storage-events.ts'

/** An envelope of SQS around one of SNS around an event: nothing sends more. */
const DEEPEST = 3

/**
 * Whatever brings events to a function, in whatever it is wrapped: a wire event, an EventBridge event, an S3
 * notification, the records of SQS, SNS and S3, and SNS's envelope. Never throws.
 */
export function decodeAwsEvent(native: unknown, buckets: BucketNames, depth = 0): Decoded[] {
  if (!isRecord(native)) return [foreign(native, 'the message is not a JSON object')]
  if (Array.isArray(native.Records))
    return native.Records.flatMap((record: unknown) => decodeRecord(record, buckets, depth))
  if (isBusEvent(native)) return [decodeBusEvent(native, buckets)]
  if (isS3TestEvent(native)) return [ignored('S3 tests its notification')]
  if (native.Type === 'Notification') return decodeText(native.Message, native, { buckets, depth })
  return [decodeOr(native, () => ({ is: 'event', event: fromWire(native) }))]
}

/**
 * One message of SQS with the count of its receptions as attempt.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function decodeSqsRecord(record: NativeRecord, buckets: BucketNames, depth = 0): Decoded[] {
  const attempt = attemptOf(record)
  const decoded = decodeText(record.body, record, { buckets, depth })
  return attempt === undefined ? decoded : decoded.map((d) => (d.is === 'event' ? { ...d, attempt } : d))
}

function decodeRecord(record: unknown, buckets: BucketNames, depth: number): Decoded[] {
  if (!isRecord(record)) return [foreign(record, 'the record is not an object')]
  if (record.eventSource === 'aws:sqs') return decodeSqsRecord(record, buckets, depth)
  if (record.EventSource === 'aws:sns' && isRecord(record.Sns))
    return decodeText(record.Sns.Message, record, { buckets, depth })
  return [decodeS3Record(record, buckets)]
}

function decodeText(text: unknown, whole: unknown, at: { buckets: BucketNames; depth: number }): Decoded[] {
  if (typeof text !== 'string') return [foreign(whole, 'the message has no text')]
  if (at.depth >= DEEPEST) return [foreign(text, 'the message is wrapped too often')]
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return [foreign(text, 'the message is not JSON')]
  }
  const decoded = decodeAwsEvent(value, at.buckets, at.depth + 1)
  if (decoded.length === 0) return [foreign(text, 'the message holds no records')]
  // What is kept is the text as it came, not our reading of it.
  return decoded.map((d) =>
    d.is === 'foreign' && decoded.length === 1 ? foreign(text, d.message.because) : d,
  )
}

function attemptOf({ attributes }: NativeRecord): number | undefined {
  const count = isRecord(attributes) ? attributes.ApproximateReceiveCount : undefined
  return typeof count === 'string' && /^[1-9]\d{0,8}$/.test(count) ? Number(count) : undefined
}
