import type { Decoded } from '../../core/run/consumer.ts'
import { readEvent } from '../../core/run/wire-event.ts'
import { foreign, isRecord } from './events-message.ts'

type CloudEvent = Readonly<Record<string, unknown>> & { readonly data: unknown }

/**
 * Whether it is a CloudEvent of Stripe's partner topic, told by its `data`: what Stripe writes as `source` is not
 * documented. Only the partner and our own functions may put events into the topics that have a subscription here.
 */
export const isStripeEvent = (event: unknown): event is CloudEvent =>
  isRecord(event) && event.specversion !== undefined && isRecord(event.data) && isForm(event.data.object)

/** A snapshot, or a thin event. */
const isForm = (object: unknown): boolean => object === 'event' || object === 'v2.core.event'

/**
 * An event of Stripe's partner topic: the envelope goes on whole, and the driver of the provider reads it.
 * https://docs.stripe.com/event-destinations/eventgrid
 */
export function decodeStripeEvent(event: CloudEvent): Decoded {
  const { id, source, time } = event
  const data = { provider: 'stripe', payload: event }
  try {
    return { is: 'event', event: readEvent({ id, source, time, type: 'billing.provider.event', data }) }
  } catch (error) {
    return foreign(event, error instanceof Error ? error.message : String(error))
  }
}
