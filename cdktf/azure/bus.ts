import { EventgridEventSubscription } from '@cdktf/provider-azurerm/lib/eventgrid-event-subscription/index.js'
import { EventgridTopic } from '@cdktf/provider-azurerm/lib/eventgrid-topic/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import type { Buckets } from './buckets.ts'
import { deliveryTo, lettersFrom } from './bus-delivery.ts'
import { type ConsumerQueues, consumersOf } from './queues.ts'

/** The bus: takes CloudEvents by tokens alone. */
export function openBus(stack: SkyreelStack, { at, names }: Ground): EventgridTopic {
  return new EventgridTopic(stack, 'bus', {
    ...{ ...at, name: names.topic, inputSchema: 'CloudEventSchemaV1_0' },
    localAuthEnabled: false,
    // Delivers as itself, so that the keys of the account are used for nothing but signed URLs.
    identity: { type: 'SystemAssigned' },
  })
}

/** Each consumer's events, by their type, into its queue. Event Grid's schema cannot filter finer, and need not. */
export function subscribeToBus(
  stack: SkyreelStack,
  topic: EventgridTopic,
  { buckets, queues }: { buckets: Buckets; queues: ConsumerQueues },
): void {
  const from = { id: 'bus', principalId: topic.identity.principalId }
  const letters = lettersFrom(stack, buckets, from)
  for (const { name, trigger } of consumersOf(stack.plan)) {
    if (!('event' in trigger) || trigger.bucket !== undefined) continue
    new EventgridEventSubscription(stack, `bus-to-${name}`, {
      ...{ name, scope: topic.id, includedEventTypes: [trigger.event] },
      ...deliveryTo(stack, name, { from, letters, buckets, queues }),
    })
  }
}
