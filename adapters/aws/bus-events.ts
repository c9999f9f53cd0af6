import type { Decoded } from '../../core/run/consumer.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { fromWire } from '../../core/run/wire-event.ts'
import { decodeStripeEvent, isStripeEvent } from './bus-events-stripe.ts'
import { decodeOr, type NativeRecord } from './events-native.ts'
import { decodeS3BusEvent } from './storage-events.ts'

/** Whether this has the form of an EventBridge event. */
export const isBusEvent = (native: NativeRecord): boolean =>
  'detail-type' in native && 'detail' in native && 'source' in native

/**
 * An event of EventBridge: ours, as a wire event in `detail`, or S3's or Stripe's own.
 * https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export function decodeBusEvent(native: NativeRecord, buckets: BucketNames): Decoded {
  if (native.source === 'aws.s3') return decodeS3BusEvent(native, buckets)
  if (isStripeEvent(native)) return decodeStripeEvent(native)
  return decodeOr(native, () => ({ is: 'event', event: fromWire(native.detail) }))
}
