import type { Ids } from '../../core/ports/ids.ts'
import type { Consumer, Decoded } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import { readTraceparent } from '../../core/run/trace.ts'
import { openDeadline } from '../node/deadline.ts'
import { endOnAbort } from '../node/end-on-abort.ts'
import { loadAhead } from '../node/load-once.ts'
import { decodeBus, isPubSub } from './bus-events.ts'
import { fieldsOf, foreignNative, type NativeEvent } from './events-native.ts'
import { contextOf } from './http-context.ts'
import { decodeStorage, isStorage } from './storage-events.ts'

export interface GcpEventsOptions {
  readonly log: Log
  readonly ids: Ids
  readonly buckets: BucketNames
}

/** What functions-framework calls for each event. */
export type GcpEventHandler = (cloudEvent: NativeEvent) => Promise<void>

/**
 * The handler for `functions.cloudEvent()` or for a named export with the signature type `cloudevent`. One parameter: with
 * two the framework waits for a callback for ever. Rejects where the platform shall deliver again.
 */
export function gcpEvents(load: () => Promise<Consumer>, options: GcpEventsOptions): GcpEventHandler {
  const loaded = loadAhead(load)
  return async (cloudEvent) => {
    const consumer = await loaded().catch((error) =>
      again(options.log, 'the function could not be loaded', error),
    )
    const [decoded] = decodeNative(cloudEvent, options.buckets)
    const deadline = openDeadline(consumer.timeoutSeconds * 1000)
    try {
      await judge(consumer, decoded, contextOf(toldBy(cloudEvent, decoded), deadline.signal, options))
    } finally {
      deadline.end()
    }
  }
}

/** Whatever came, in our words; never throws. Google delivers one at a time. */
export function decodeNative(native: NativeEvent, buckets: BucketNames): [Decoded] {
  const [decoded] = isStorage(native)
    ? decodeStorage(native, buckets)
    : isPubSub(native)
      ? decodeBus(native)
      : [foreignNative(native, 'it is neither of Pub/Sub nor of Cloud Storage')]
  return [decoded ?? foreignNative(native, 'it holds no message')]
}

/** The trace of who emitted the event; the platform's own begins at its delivery. */
function toldBy(native: NativeEvent, decoded: Decoded) {
  const { id, traceparent } = fieldsOf(native)
  const own = decoded.is === 'event' ? decoded.event.traceparent : undefined
  return { requestId: id, traceparent: readTraceparent(own) ?? traceparent }
}

async function judge(consumer: Consumer, decoded: Decoded, ctx: Context): Promise<void> {
  // Dead letters and postponed events, too, wait for a database that may not answer.
  const inTime = <T>(work: Promise<T>) => endOnAbort(work, ctx.signal)
  try {
    if (decoded.is === 'ignored') return ctx.log.info('an event of no concern', { because: decoded.because })
    if (decoded.is === 'foreign') return await inTime(consumer.keep(decoded.message, ctx))
    const { event, attempt } = decoded
    const verdict = await inTime(consumer.consume(event, attempt, ctx))
    if (verdict.is !== 'retry') return
    const { afterSeconds, because } = verdict
    // Neither Pub/Sub's push nor Eventarc waits for as long as it is told: the outbox does.
    if (afterSeconds !== undefined) return await inTime(consumer.postpone(event, afterSeconds, ctx))
    ctx.log.warn('an event is to be delivered again', { event: event.id, because })
  } catch (error) {
    again(ctx.log, 'an event could not be handled', error)
  }
  throw deliverAgain()
}

function again(log: Log, message: string, error: unknown): never {
  log.error(message, { error })
  throw deliverAgain()
}

/** The framework prints it, and shows its message to the caller: the reason is in our log alone. */
function deliverAgain(): Error {
  const error = new Error('deliver the event again')
  error.stack = error.message
  return error
}
