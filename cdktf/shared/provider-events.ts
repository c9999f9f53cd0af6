import type { EventType } from '../../events/catalog.ts'
import type { Place } from './place.ts'
import type { PlannedFunction } from './plan.ts'

/** What a provider's own events become, in adapters/{aws,azure}. */
export const PROVIDER_EVENT: EventType = 'billing.provider.event'

/** Whether a function reacts to events of payment providers. */
export const takesProviderEvents = ({ trigger }: Pick<PlannedFunction, 'trigger'>): boolean =>
  'event' in trigger && trigger.event === PROVIDER_EVENT

/** One of the ways of Stripe's events, where it is set up. Previews have none: what comes by it is the environment's own. */
export function stripeBus(
  { environment, preview }: Place,
  way: 'stripeEventSource' | 'stripePartnerTopicId',
): string | undefined {
  return preview === '' ? environment.billing?.[way] : undefined
}
