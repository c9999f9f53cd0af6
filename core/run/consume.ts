import type { AnyEvent } from '../../events/catalog.ts'
import { outbox } from '../database/delivery-schema.ts'
import type { Ports } from '../ports/ports.ts'
import type { Consumer, Scheduled } from './consumer.ts'
import { writeLetter } from './dead-letter.ts'
import { deliver } from './deliver.ts'
import type { CronFunction, OnFunction } from './function.ts'
import { idFromUuid } from './id.ts'

/** A function that reacts to events, with the outside under it, as adapters mount it. */
export function consumerOf(fn: OnFunction, ports: Ports): Consumer {
  return {
    name: fn.name,
    timeoutSeconds: fn.timeoutSeconds,
    consume: (event, attempt, ctx) => deliver(fn, event, attempt, { ports, ctx }),
    keep: async ({ because, body, encoding }, ctx) => {
      const foreignMessage = { body, encoding }
      await writeLetter(ports, { consumer: fn.name, foreignMessage, reason: because })
      ctx.log.error('a message that is no event became a dead letter', { function: fn.name, because })
    },
    postpone: (event, afterSeconds) => postpone(ports, fn.name, event, afterSeconds),
  }
}

/** A function on a schedule, as adapters mount it. */
export const scheduledOf = (fn: CronFunction, ports: Ports): Scheduled => ({
  name: fn.name,
  timeoutSeconds: fn.timeoutSeconds,
  run: (ctx) => fn.handler(ports, ctx),
})

/** The outbox sweep brings it, which runs once a minute: the delay is a lower bound. */
async function postpone(
  { db, ids, clock }: Ports,
  consumer: string,
  event: AnyEvent,
  afterSeconds: number,
): Promise<void> {
  const createdAt = clock.now()
  const { type, data, subject, traceparent } = event
  await db.insert(outbox).values({
    id: idFromUuid('evt', ids.uuid()),
    ...{ type, data, subject, traceparent, consumer },
    envelope: event,
    createdAt,
    availableAt: new Date(createdAt.getTime() + afterSeconds * 1000),
  })
}
