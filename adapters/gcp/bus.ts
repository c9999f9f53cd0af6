import type { Bus } from '../../core/ports/bus.ts'
import { toWire } from '../../core/run/wire-event.ts'
import type { AnyEvent } from '../../events/catalog.ts'
import { publishAll, type Topic } from './bus-publish.ts'

/** Events by one Pub/Sub topic; each consumer's push subscription selects its own (see bus-filter.ts). */
export function openGcpBus(topic: Topic): Bus {
  return { publish: (events) => publishAll(topic, events.map(message)) }
}

const message = (event: AnyEvent) => ({
  text: JSON.stringify(toWire(event)),
  attributes: { type: event.type, source: event.source, id: event.id },
})
