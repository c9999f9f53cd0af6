import { checkMessage, type Queue } from '../../core/ports/queue.ts'
import { publishAll, type Topic } from './bus-publish.ts'

export interface GcpQueueOptions {
  /** The bus's own topic: a consumer has one subscription for both. */
  readonly topic: Topic
  /** Pub/Sub takes a message that nobody selects, and forgets it: the driver must know who is there. */
  readonly consumers: readonly string[]
}

/** Messages for one consumer. Pub/Sub cannot hold one back: `delaySeconds` counts as 0. */
export function openGcpQueue({ topic, consumers }: GcpQueueOptions): Queue {
  return {
    async send(consumer, body) {
      const text = checkMessage(body)
      if (!consumers.includes(consumer)) throw new Error(`there is no consumer ${consumer}`)
      await publishAll(topic, [{ text, attributes: { consumer } }])
    },
  }
}
