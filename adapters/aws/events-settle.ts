import type { Consumer, Decoded } from '../../core/run/consumer.ts'
import type { Context } from '../../core/run/context.ts'
import type { Verdict } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { endOnAbort } from '../node/end-on-abort.ts'
import { type AwsOptions, contextOf } from './events-context.ts'
import type { LambdaContext } from './events-native.ts'

/** One invocation at work. */
export interface Working {
  readonly consumer: Consumer
  readonly options: AwsOptions
  readonly lambda: LambdaContext | undefined
  readonly signal: AbortSignal
}

/** What must come again; `afterSeconds` where the consumer names it. */
export interface Again {
  readonly ctx: Context
  readonly event?: AnyEvent
  readonly afterSeconds?: number
}

/** Gives the consumer what one message holds, one by one, and tells what of it must come again. Never throws. */
export async function settle(message: readonly Decoded[], work: Working): Promise<Again[]> {
  const again: Again[] = []
  for (const decoded of message) {
    const ctx = contextFor(decoded, work)
    try {
      // A consumer that hangs costs its own message, not the batch, which Lambda would cut off without an answer.
      const verdict = await endOnAbort(settleOne(decoded, work.consumer, ctx), work.signal)
      // By the time of `drop` the event lies with the dead letters: the platform is done with it.
      if (verdict.is === 'retry') again.push(retried(verdict, decoded, ctx))
    } catch (error) {
      ctx.log.error('an event could not be handled', { error })
      again.push({ ctx })
    }
  }
  return again
}

function contextFor(decoded: Decoded, { consumer, options, lambda, signal }: Working): Context {
  const about = { function: consumer.name }
  if (decoded.is !== 'event') return contextOf(lambda, options, { signal, fields: about })
  const { traceparent, id, type } = decoded.event
  return contextOf(lambda, options, { signal, traceparent, fields: { ...about, event: id, type } })
}

async function settleOne(decoded: Decoded, consumer: Consumer, ctx: Context): Promise<Verdict> {
  if (decoded.is === 'event') return consumer.consume(decoded.event, decoded.attempt, ctx)
  if (decoded.is === 'foreign') await consumer.keep(decoded.message, ctx)
  else ctx.log.info('a message is of no concern', { because: decoded.because })
  return DONE
}
const DONE: Verdict = { is: 'done' }

function retried({ afterSeconds }: { afterSeconds?: number }, decoded: Decoded, ctx: Context): Again {
  if (decoded.is !== 'event' || afterSeconds === undefined) return { ctx }
  return { ctx, event: decoded.event, afterSeconds }
}
