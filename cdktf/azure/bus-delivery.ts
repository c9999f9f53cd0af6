import type { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Buckets, containerScope } from './buckets.ts'
import { assign } from './permissions-assign.ts'
import { type ConsumerQueues, queueOf, queueScope } from './queues.ts'

/** A topic that delivers, with the identity that it does it by. */
export interface Sender {
  readonly id: string
  readonly principalId: string
}

interface Delivery {
  readonly from: Sender
  readonly letters: RoleAssignment
  readonly buckets: Buckets
  readonly queues: ConsumerQueues
}

/** Until it is taken. The default of seven days would lose an event without a word. */
export const NEVER = -1
/** Whichever comes first. */
export const TRIES = { deliveries: 30, minutes: 1440 }

/**
 * The part of a subscription that both kinds of topic share: CloudEvents into the consumer's queue, what cannot be delivered
 * within a day into the container of dead letters, everything by the topic's own identity, which is let in first.
 */
export function deliveryTo(
  stack: SkyreelStack,
  name: string,
  { from, letters, buckets: { account, containers }, queues }: Delivery,
) {
  const { queue } = queueOf(queues, name)
  const send = sendFrom(stack, name, { from, buckets: { account }, queues })
  return {
    eventDeliverySchema: 'CloudEventSchemaV1_0',
    storageQueueEndpoint: {
      ...{ storageAccountId: account.id, queueName: queue.name },
      queueMessageTimeToLiveInSeconds: NEVER,
    },
    deliveryIdentity: { type: 'SystemAssigned' },
    deadLetterIdentity: { type: 'SystemAssigned' },
    storageBlobDeadLetterDestination: {
      storageAccountId: account.id,
      storageBlobContainerName: containers['dead-letters'].name,
    },
    retryPolicy: { maxDeliveryAttempts: TRIES.deliveries, eventTimeToLive: TRIES.minutes },
    dependsOn: [send, letters],
  }
}

/** Lets a topic put events into the queue of one consumer. */
export const sendFrom = (
  stack: SkyreelStack,
  name: string,
  {
    from,
    buckets: { account },
    queues,
  }: Pick<Delivery, 'from' | 'queues'> & { buckets: Pick<Buckets, 'account'> },
) =>
  assign(stack, `may-${from.id}-send-${name}`, {
    ...{ principalId: from.principalId, role: 'Storage Queue Data Message Sender' },
    scope: queueScope(account, queueOf(queues, name).queue),
  })

/** Lets a topic write its dead letters. */
export const lettersFrom = (stack: SkyreelStack, { account, containers }: Buckets, from: Sender) =>
  assign(stack, `may-${from.id}-write-dead-letters`, {
    ...{ principalId: from.principalId, role: 'Storage Blob Data Contributor' },
    scope: containerScope(account, containers['dead-letters'].name),
  })
