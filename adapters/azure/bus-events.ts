import type { Decoded } from '../../core/run/consumer.ts'
import { fromWire } from '../../core/run/wire-event.ts'
import { utf8 } from '../node/utf8.ts'
import { foreign, gridTypeOf, isRecord, listOf } from './events-message.ts'
import { decodeStripeEvent, isStripeEvent } from './events-stripe.ts'

/**
 * Events of our own topic: CloudEvents, or events in Event Grid's schema, whose `data` is a wire event; one or several
 * (https://learn.microsoft.com/azure/event-grid/cloud-event-schema). And those of Stripe's partner topic.
 */
export function decodeAzureBusEvents(native: unknown): Decoded[] {
  return listOf(native).map((event) => {
    // Told to every new subscriber; the extension answers it, and where we do, events-http.ts does.
    if (gridTypeOf(event).startsWith('Microsoft.EventGrid.Subscription'))
      return { is: 'ignored', because: 'Event Grid tells of a subscription' }
    if (isStripeEvent(event)) return decodeStripeEvent(event)
    return decodeWire(isRecord(event) ? dataOf(event) : undefined, event)
  })
}

/** `carrier` is what is kept where `wire` is no event. */
export function decodeWire(wire: unknown, carrier: unknown): Decoded {
  try {
    return { is: 'event', event: fromWire(wire) }
  } catch (error) {
    return foreign(carrier, error instanceof Error ? error.message : String(error))
  }
}

/** CloudEvents may carry data as base64, too. */
function dataOf({ data, data_base64: encoded }: Readonly<Record<string, unknown>>): unknown {
  if (data !== undefined || typeof encoded !== 'string') return data
  return utf8(Buffer.from(encoded, 'base64'))
}
