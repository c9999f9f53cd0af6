import type { Ids } from '../../core/ports/ids.ts'
import type { Consumer, Decoded } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import type { Log } from '../../core/run/log.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import type { Verdict } from '../../core/run/verdict.ts'
import { endOnAbort } from '../node/end-on-abort.ts'
import { type AzureInvocation, openInvocation } from './log-context.ts'

export interface AzureEventOptions {
  readonly log: Log
  readonly ids: Ids
  readonly buckets: BucketNames
}

/** The platform is asked for another delivery by throwing this. */
export class DeliverAgain extends Error {
  override readonly name = 'DeliverAgain'
}

interface Place {
  readonly consumer: Consumer
  readonly context: AzureInvocation
  readonly options: AzureEventOptions
}

/**
 * Gives each event to the consumer and keeps what is none. Throws once all had their turn, when one of them must come
 * again: what was done then comes again, too, and is answered from the inbox.
 */
export async function deliverAll(decoded: readonly Decoded[], place: Place): Promise<void> {
  const outcomes = await Promise.allSettled(decoded.map((one) => deliverOne(one, place)))
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  if (failed.length > 1) throw new AggregateError(failed, `${failed.length} events must be delivered again`)
  if (failed.length === 1) throw failed[0]
}

async function deliverOne(decoded: Decoded, { consumer, context, options }: Place): Promise<void> {
  const event = decoded.is === 'event' ? decoded.event : undefined
  const { ctx, deadline, release } = openInvocation(context, options, {
    traceparent: event?.traceparent,
    timeoutSeconds: consumer.timeoutSeconds,
    fields: { function: consumer.name, event: event?.id },
  })
  try {
    // Past its own limit the host would end the process, with all other invocations in it.
    await endOnAbort(settle(decoded, consumer, ctx), ctx.signal)
  } catch (error) {
    ctx.log.warn('an event must be delivered again', { error })
    throw error
  } finally {
    deadline.end()
    release()
  }
}

async function settle(decoded: Decoded, consumer: Consumer, ctx: Context): Promise<void> {
  if (decoded.is === 'ignored') return ctx.log.debug('an event of no concern', { because: decoded.because })
  if (decoded.is === 'foreign') return consumer.keep(decoded.message, ctx)
  const verdict = await consumer.consume(decoded.event, decoded.attempt, ctx)
  await settleVerdict[verdict.is](verdict as never, { decoded, consumer, ctx })
}

interface Judged {
  readonly decoded: Decoded & { is: 'event' }
  readonly consumer: Consumer
  readonly ctx: Context
}

/** A drop is done with: the consumer has written the dead letter. */
const settleVerdict: {
  [K in Verdict['is']]: (verdict: Extract<Verdict, { is: K }>, judged: Judged) => Promise<void>
} = {
  done: async () => undefined,
  drop: async () => undefined,
  retry: async ({ afterSeconds, because }, { decoded, consumer, ctx }) => {
    // Neither Event Grid nor the queue trigger takes a delay.
    if (afterSeconds !== undefined) return consumer.postpone(decoded.event, afterSeconds, ctx)
    throw new DeliverAgain(`${consumer.name} asks for ${decoded.event.id} again: ${because}`)
  },
}
