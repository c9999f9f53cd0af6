import { EventgridSystemTopic } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic/index.js'
import { EventgridSystemTopicEventSubscription } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic-event-subscription/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import type { Buckets } from './buckets.ts'
import { deliveryTo, lettersFrom } from './bus-delivery.ts'
import { type ConsumerQueues, consumersOf } from './queues.ts'

/**
 * New objects, told to the queues of those who react to them and not to their Event Grid triggers: those have an address
 * with a key that is only there once their code is, which would take two applies.
 */
export function subscribeToObjects(
  stack: SkyreelStack,
  { at }: Ground,
  { buckets, queues }: { buckets: Buckets; queues: ConsumerQueues },
): EventgridSystemTopic {
  const topic = new EventgridSystemTopic(stack, 'objects', {
    ...{ ...at, name: `${stack.place.prefix}-objects`, topicType: 'Microsoft.Storage.StorageAccounts' },
    sourceResourceId: buckets.account.id,
    identity: { type: 'SystemAssigned' },
  })
  const from = { id: 'objects', principalId: topic.identity.principalId }
  const letters = lettersFrom(stack, buckets, from)
  for (const { name, trigger } of consumersOf(stack.plan)) {
    if (!('event' in trigger) || trigger.bucket === undefined) continue
    new EventgridSystemTopicEventSubscription(stack, `objects-to-${name}`, {
      ...{ name, systemTopic: topic.name, resourceGroupName: at.resourceGroupName },
      includedEventTypes: ['Microsoft.Storage.BlobCreated'],
      subjectFilter: { subjectBeginsWith: subjectsOf(trigger.bucket), caseSensitive: true },
      ...deliveryTo(stack, name, { from, letters, buckets, queues }),
    })
  }
  return topic
}

/** The account tells of all containers; the last part keeps `uploads-old` out. */
const subjectsOf = (bucket: string): string => `/blobServices/default/containers/${bucket}/blobs/`
