import type { Decoded } from '../../core/run/consumer.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { utf8 } from '../node/utf8.ts'
import { decodeAzureBusEvents, decodeWire } from './bus-events.ts'
import { gridTypeOf, isRecord, listOf } from './events-message.ts'
import { decodeAzureStorageEvents, isStorageEvent } from './storage-events.ts'

/** What the queue trigger tells beside the message, as far as we look at it. */
export interface QueueMetadata {
  readonly dequeueCount?: unknown
}

/**
 * One message of a storage queue: a wire event, or an event that an Event Grid subscription put there
 * (https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger). The library has put it
 * through JSON.parse already, which changes bare numbers; wire events come out whole.
 */
export function decodeAzureQueueEvents(
  message: unknown,
  metadata: QueueMetadata | undefined,
  buckets: BucketNames,
): Decoded[] {
  const attempt = attemptOf(metadata?.dequeueCount)
  const decoded = decodeMessage(message, buckets)
  return attempt === undefined
    ? decoded
    : decoded.map((one) => (one.is === 'event' ? { ...one, attempt } : one))
}

function decodeMessage(message: unknown, buckets: BucketNames): Decoded[] {
  if (message instanceof Uint8Array) {
    const text = utf8(message)
    return text === undefined ? [decodeWire(undefined, message)] : decodeMessage(parsed(text), buckets)
  }
  if (isRecord(message) && message.skyreel !== undefined) return [decodeWire(message, message)]
  if (isGrid(message)) return decodeAzureGridEvents(message, buckets)
  const fromGrid = inBase64(message)
  if (isGrid(fromGrid)) return decodeAzureGridEvents(fromGrid, buckets)
  return [decodeWire(message, message)]
}

/** Whether it is what an Event Grid subscription puts into a queue: one event, or several. */
function isGrid(message: unknown): boolean {
  const events = listOf(message)
  return events.length > 0 && events.every((one) => gridTypeOf(one) !== '')
}

/**
 * Event Grid writes its events in base64, while our own messages are plain text: in base64 the longest would not fit.
 * The host decodes neither (`messageEncoding: none`). https://github.com/MicrosoftDocs/azure-docs/issues/102923
 */
function inBase64(message: unknown): unknown {
  if (typeof message !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(message)) return undefined
  return parsed(utf8(Buffer.from(message, 'base64')) ?? '')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Events as Event Grid sends them, of storage accounts and of our own topic, one or several. */
export function decodeAzureGridEvents(native: unknown, buckets: BucketNames): Decoded[] {
  return listOf(native).flatMap((event) =>
    isStorageEvent(event) ? decodeAzureStorageEvents([event], buckets) : decodeAzureBusEvents([event]),
  )
}

/** From 1; the metadata hold a number or its text, whichever the host sent. */
function attemptOf(count: unknown): number | undefined {
  const attempt = typeof count === 'string' ? Number(count) : count
  return typeof attempt === 'number' && Number.isSafeInteger(attempt) && attempt > 0 ? attempt : undefined
}
