import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import { nameFor } from '../shared/names.ts'
import { stripeBus, takesProviderEvents } from '../shared/provider-events.ts'
import { RawResource } from '../shared/raw-provider.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import type { Buckets } from './buckets.ts'
import { lettersFrom, NEVER, sendFrom, TRIES } from './bus-delivery.ts'
import { type ConsumerQueues, consumersOf, queueOf } from './queues.ts'

const API = '2025-02-15'

interface Stores {
  readonly buckets: Buckets
  readonly queues: ConsumerQueues
}

/**
 * Where the config names Stripe's partner topic: a subscription that puts its events into the queue of whoever reacts to
 * them. azurerm 4.55 has neither the topic nor its subscriptions. https://docs.stripe.com/event-destinations/eventgrid
 */
export function subscribeToStripe(stack: SkyreelStack, ground: Ground, stores: Stores): void {
  const topic = stripeBus(stack.place, 'stripePartnerTopicId')
  if (topic === undefined) return
  const by = openSender(stack, ground, topic)
  for (const { name } of consumersOf(stack.plan).filter(takesProviderEvents))
    subscribe(stack, ground, { name, topic, by, stores })
}

interface Sender {
  readonly identity: UserAssignedIdentity
  readonly topic: RawResource
}

/** The topic is Stripe's making and has nobody to act as: it is lent an identity of ours, which may do nothing else. */
function openSender(stack: SkyreelStack, { at, azapi, names }: Ground, topicId: string): Sender {
  const name = nameFor(stack.place, 'identity', 'stripe-events')
  // Put together: as a reference it cannot be the name of a field.
  const id = `/subscriptions/${stack.place.environment.azure.subscriptionId}/resourceGroups/${names.resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`
  const identity = new UserAssignedIdentity(stack, 'identity-stripe-events', { ...at, name })
  const topic = new RawResource(stack, 'stripe-topic', {
    type: 'azapi_update_resource',
    provider: azapi,
    attributes: {
      type: `Microsoft.EventGrid/partnerTopics@${API}`,
      resource_id: topicId,
      body: { identity: { type: 'UserAssigned', userAssignedIdentities: { [id]: {} } } },
      response_export_values: [],
    },
    rest: { dependsOn: [identity] },
  })
  return { identity, topic }
}

interface Subscription {
  readonly name: string
  readonly topic: string
  readonly by: Sender
  readonly stores: Stores
}

function subscribe(
  stack: SkyreelStack,
  { azapi }: Ground,
  { name, topic, by, stores: { buckets, queues } }: Subscription,
): void {
  const from = { id: 'stripe', principalId: by.identity.principalId }
  const letIn = [sendFrom(stack, name, { from, buckets, queues }), lettersFrom(stack, buckets, from)]
  new RawResource(stack, `stripe-to-${name}`, {
    type: 'azapi_resource',
    provider: azapi,
    attributes: {
      ...{ type: `Microsoft.EventGrid/partnerTopics/eventSubscriptions@${API}`, name, parent_id: topic },
      body: { properties: deliveryOf(by, buckets, queueOf(queues, name).queue.name) },
      response_export_values: [],
    },
    rest: { dependsOn: [...letIn, by.topic] },
  })
}

/** As `deliveryTo` of bus-delivery.ts, in the words of the Resource Manager. */
function deliveryOf({ identity }: Sender, { account, containers }: Buckets, queueName: string) {
  const as = { type: 'UserAssigned', userAssignedIdentity: identity.id }
  const queue = { resourceId: account.id, queueName, queueMessageTimeToLiveInSeconds: NEVER }
  const letters = { resourceId: account.id, blobContainerName: containers['dead-letters'].name }
  return {
    eventDeliverySchema: 'CloudEventSchemaV1_0',
    deliveryWithResourceIdentity: {
      identity: as,
      destination: { endpointType: 'StorageQueue', properties: queue },
    },
    deadLetterWithResourceIdentity: {
      identity: as,
      deadLetterDestination: { endpointType: 'StorageBlob', properties: letters },
    },
    retryPolicy: { maxDeliveryAttempts: TRIES.deliveries, eventTimeToLiveInMinutes: TRIES.minutes },
  }
}
