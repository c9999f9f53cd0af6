import * as z from 'zod/mini'
import type { ProviderEvent } from '../../core/billing/provider-objects.ts'
import { WebhookRefused } from '../../core/ports/payments.ts'
import { readEvent } from './read-event.ts'

// Amazon EventBridge. https://docs.stripe.com/event-destinations/eventbridge#event-structure
const EventBridge = z.object({ detail: z.looseObject({ object: z.string() }) })
// Azure Event Grid, CloudEvents schema. https://docs.stripe.com/event-destinations/eventgrid#event-structure
const EventGrid = z.object({ specversion: z.string(), data: z.looseObject({ object: z.string() }) })

/**
 * Events out of a cloud's envelope, one or a batch. The bus has let nobody but Stripe's partner account put them there,
 * so there is no signature. Done without the SDK, whose extraction is the same three lines.
 */
export function readBusEvents(payload: unknown): readonly ProviderEvent[] {
  if (Array.isArray(payload)) return payload.flatMap(readBusEvents)
  return [readEvent(unwrapped(payload))]
}

function unwrapped(payload: unknown): unknown {
  const aws = z.safeParse(EventBridge, payload)
  if (aws.success) return aws.data.detail
  const azure = z.safeParse(EventGrid, payload)
  if (azure.success) return azure.data.data
  throw new WebhookRefused('malformed', 'this is no envelope of EventBridge or Event Grid')
}
