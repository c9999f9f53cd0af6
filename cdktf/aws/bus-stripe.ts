import { CloudwatchEventBus } from '@cdktf/provider-aws/lib/cloudwatch-event-bus/index.js'
import { stripeBus, takesProviderEvents } from '../shared/provider-events.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { bringEvents } from './bus.ts'
import type { ConsumerQueue } from './queues.ts'

/**
 * Where the config names Stripe's partner event source: the bus that belongs to it, which must be called as it is, and a
 * rule that brings its events to whoever reacts to them. https://docs.stripe.com/event-destinations/eventbridge
 */
export function listenToStripe(stack: SkyreelStack, consumers: readonly ConsumerQueue[]): void {
  const source = stripeBus(stack.place, 'stripeEventSource')
  if (source === undefined) return
  const bus = new CloudwatchEventBus(stack, 'stripe-bus', { name: source, eventSourceName: source })
  for (const consumer of consumers.filter(({ fn }) => takesProviderEvents(fn)))
    bringEvents(stack, consumer, {
      pattern: { source: [source] },
      eventBusName: bus.name,
      from: 'stripe-',
    })
}
