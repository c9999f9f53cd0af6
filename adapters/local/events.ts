import type { Ids } from '../../core/ports/ids.ts'
import type { Consumer } from '../../core/run/consumer.ts'
import type { Log } from '../../core/run/log.ts'
import { retry, type Verdict } from '../../core/run/verdict.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { backgroundContext } from '../node/background-context.ts'
import { openDeadline } from '../node/deadline.ts'
import { endOnAbort } from '../node/end-on-abort.ts'
import type { Subscriber } from './bus.ts'

export interface LocalEventsOptions {
  readonly log: Log
  readonly ids: Ids
  readonly wants: (event: AnyEvent) => boolean
  /** Aborted when the platform stops: work that heeds its signal ends, and comes again with the next start. */
  readonly stop?: AbortSignal
}

/** A consumer as the local bus knows it: within its time limit, or it is a retry. */
export function localEvents(consumer: Consumer, { log, ids, wants, stop }: LocalEventsOptions): Subscriber {
  return {
    name: consumer.name,
    wants,
    async deliver(event, attempt): Promise<Verdict> {
      const deadline = openDeadline(consumer.timeoutSeconds * 1000)
      const signal = stop ? AbortSignal.any([stop, deadline.signal]) : deadline.signal
      const fields = { function: consumer.name }
      const ctx = backgroundContext({ ids, log, signal, fields, traceparent: event.traceparent })
      try {
        return await endOnAbort(consumer.consume(event, attempt, ctx), deadline.signal)
      } catch (error) {
        if (!deadline.signal.aborted) throw error
        return retry(`it took longer than ${consumer.timeoutSeconds} s`)
      } finally {
        deadline.end()
      }
    },
  }
}
