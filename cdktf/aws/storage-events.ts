import { S3BucketNotification } from '@cdktf/provider-aws/lib/s3-bucket-notification/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Buckets } from './buckets.ts'
import { bringEvents } from './bus.ts'
import type { ConsumerQueue } from './queues.ts'

/** The one event of a store that we have, as S3 calls it in EventBridge. */
const DETAIL_TYPE = { 'storage.object.created': 'Object Created' } as const

/**
 * A bucket's events go to the account's default bus, and from there to the consumer's queue: several consumers can listen,
 * which a notification straight to a queue does not allow. Buckets that nobody listens to tell nothing.
 */
export function listenToStorage(
  stack: SkyreelStack,
  buckets: Buckets,
  consumers: readonly ConsumerQueue[],
): void {
  const told = new Set<string>()
  for (const consumer of consumers) {
    const { event, bucket } = consumer.trigger
    if (bucket === undefined) continue
    const { name, made } = buckets[bucket]
    if (!told.has(bucket))
      new S3BucketNotification(stack, `bucket-${bucket}-events`, { bucket: made.id, eventbridge: true })
    told.add(bucket)
    const pattern = {
      source: ['aws.s3'],
      'detail-type': [s3Word(event)],
      detail: { bucket: { name: [name] } },
    }
    bringEvents(stack, consumer, { pattern })
  }
}

function s3Word(event: string): string {
  if (event in DETAIL_TYPE) return DETAIL_TYPE[event as keyof typeof DETAIL_TYPE]
  throw new Error(`S3 tells of no ${event}; a consumer can listen to ${Object.keys(DETAIL_TYPE).join(', ')}`)
}
