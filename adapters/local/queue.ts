import { checkMessage, type Queue } from '../../core/ports/queue.ts'
import { fromWire } from '../../core/run/wire-event.ts'
import type { LocalBus } from './bus.ts'

/** Messages for one function of this machine: they travel as files of the bus. Throws for a name not among `consumers`. */
export function openLocalQueue({ bus, consumers }: { bus: LocalBus; consumers: readonly string[] }): Queue {
  return {
    async send(consumer, body, options) {
      if (!consumers.includes(consumer)) throw new Error(`no function is named ${JSON.stringify(consumer)}`)
      await bus.send(consumer, fromWire(checkMessage(body)), options?.delaySeconds)
    },
  }
}
