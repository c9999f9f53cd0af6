import type { BucketNames } from '../../core/run/storage-event.ts'
import { CallAgain } from './events-context.ts'
import { isRecord, type NativeRecord } from './events-native.ts'
import { type Again, settle, type Working } from './events-settle.ts'
import { decodeSqsRecord } from './queue-events.ts'

/**
 * The messages that SQS shall bring again. It is read only where the event source mapping has `ReportBatchItemFailures`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[]
}

/** Which reception of a message is meant. */
export interface SqsReceipt {
  readonly eventSourceARN: string
  readonly receiptHandle: string
}

export interface BatchOptions {
  readonly buckets: BucketNames
  readonly delay?: (receipt: SqsReceipt, seconds: number) => Promise<void>
}

/** A batch of SQS. An empty list of records, of whatever source, is one too. */
export const isBatch = (event: unknown): event is { Records: readonly NativeRecord[] } =>
  isRecord(event) &&
  Array.isArray(event.Records) &&
  event.Records.every((record: unknown) => isRecord(record) && record.eventSource === 'aws:sqs')

/**
 * Settles each message by itself. Those of a FIFO queue go one by one: the first that fails holds back all behind it, or
 * their order would be lost.
 */
export async function consumeBatch(
  records: readonly NativeRecord[],
  work: Working,
  options: BatchOptions,
): Promise<BatchAnswer> {
  const failed = records.some(isFifo)
    ? await untilFailure(records, work, options)
    : await together(records, work, options)
  return { batchItemFailures: failed.map((record) => ({ itemIdentifier: identify(record) })) }
}

/** By the queue's name: fair queues give messages of standard queues a group too. */
const isFifo = ({ eventSourceARN }: NativeRecord) =>
  typeof eventSourceARN === 'string' && eventSourceARN.endsWith('.fifo')

async function together(records: readonly NativeRecord[], work: Working, options: BatchOptions) {
  const settled = await Promise.all(records.map((record) => succeeds(record, work, options)))
  return records.filter((_, i) => !settled[i])
}

async function untilFailure(records: readonly NativeRecord[], work: Working, options: BatchOptions) {
  for (const [i, record] of records.entries())
    if (!(await succeeds(record, work, options))) return records.slice(i)
  return []
}

async function succeeds(record: NativeRecord, work: Working, options: BatchOptions): Promise<boolean> {
  const again = await settle(decodeSqsRecord(record, options.buckets), work)
  const [first] = again
  if (first === undefined) return true
  const waits = again.map(({ afterSeconds }) => afterSeconds ?? 0)
  await delay(record, { seconds: Math.max(...waits), first, options })
  return false
}

async function delay(
  { receiptHandle, eventSourceARN }: NativeRecord,
  { seconds, first, options }: { seconds: number; first: Again; options: BatchOptions },
): Promise<void> {
  if (seconds <= 0 || typeof eventSourceARN !== 'string' || typeof receiptHandle !== 'string') return
  try {
    await options.delay?.({ eventSourceARN, receiptHandle }, seconds)
  } catch (error) {
    // It comes again all the same, after the queue's own time.
    first.ctx.log.warn('a message could not be delayed', { error })
  }
}

function identify({ messageId }: NativeRecord): string {
  if (typeof messageId === 'string' && messageId !== '') return messageId
  // An empty identifier would fail the whole batch as well, only without a word.
  throw new CallAgain('a message without an id asks to come again')
}
