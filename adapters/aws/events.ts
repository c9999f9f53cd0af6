import middy from '@middy/core'
import type { Consumer } from '../../core/run/consumer.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { openDeadline } from '../node/deadline.ts'
import { type BatchAnswer, consumeBatch, isBatch, type SqsReceipt } from './events-batch.ts'
import { type AwsOptions, CallAgain, loadedOrThrow } from './events-context.ts'
import { type LambdaHandler, workMs } from './events-native.ts'
import { type Again, settle, type Working } from './events-settle.ts'
import { startLoading } from './http-load.ts'
import { decodeAwsEvent } from './queue-events.ts'

export interface AwsEventsOptions extends AwsOptions {
  readonly buckets: BucketNames
  /** Hides one message from SQS's consumers for so many seconds; without it the queue's own time holds. */
  readonly delay?: (receipt: SqsReceipt, seconds: number) => Promise<void>
}

/**
 * One consumer as a Lambda handler for whatever brings it events: SQS (answered by the messages that failed), S3, SNS,
 * EventBridge, and wire events by direct invocation. Without a queue in front, what failed is thrown: Lambda calls
 * again, twice at most, unless the consumer names a delay; then its outbox brings the event. What fails a third time is lost
 * unless the function's dead-letter queue (`DeadLetterConfig`, which keeps the event as it came) is its own SQS queue.
 */
export function awsEvents(
  load: () => Promise<Consumer>,
  options: AwsEventsOptions,
): LambdaHandler<BatchAnswer | undefined> {
  const loading = startLoading(load)
  const handler: LambdaHandler<BatchAnswer | undefined> = async (event, context) => {
    const consumer = await loadedOrThrow(loading, options.log)
    const deadline = openDeadline(workMs(context, consumer.timeoutSeconds))
    const work: Working = { consumer, options, lambda: context, signal: deadline.signal }
    try {
      if (isBatch(event)) return await consumeBatch(event.Records, work, options)
      await consumeDirect(event, work, options)
      return undefined
    } finally {
      deadline.end()
    }
  }
  return middy(handler, { timeoutEarlyInMillis: 0 }) as LambdaHandler<BatchAnswer | undefined>
}

async function consumeDirect(event: unknown, work: Working, { buckets }: AwsEventsOptions): Promise<void> {
  const again = await settle(decodeAwsEvent(event, buckets), work)
  const waiting = again.filter(waits)
  // One that names no delay brings the whole invocation again, with those that do.
  if (waiting.length < again.length)
    throw new CallAgain(`${work.consumer.name} must be given the event again`)
  for (const one of waiting) await postpone(one, work)
}

const waits = (again: Again): again is Required<Again> =>
  again.event !== undefined && again.afterSeconds !== undefined

async function postpone({ event, afterSeconds, ctx }: Required<Again>, { consumer }: Working): Promise<void> {
  try {
    await consumer.postpone(event, afterSeconds, ctx)
  } catch (error) {
    ctx.log.error('an event could not be postponed', { error })
    throw new CallAgain(`${consumer.name} must be given the event again`, { cause: error })
  }
}
