import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription/index.js'
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js'
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { deadName, serviceAgent } from './settings-names.ts'

export interface DeadLetters {
  readonly topic: PubsubTopic
  /** Keeps them until a person has looked: a topic alone keeps nothing. */
  readonly kept: PubsubSubscription
}

/** By the name of the consumer. */
export type AllDeadLetters = ReadonlyMap<string, DeadLetters>

/** Throws where there are none: a defect of the stack. */
export function deadLettersOf(all: AllDeadLetters, name: string): DeadLetters {
  const found = all.get(name)
  if (found === undefined) throw new Error(`${name} has no topic of dead letters`)
  return found
}

/** Where Pub/Sub puts what one consumer has refused for too long. */
export function layDeadLetters(stack: SkyreelStack, fn: PlannedFunction): DeadLetters {
  const { place } = stack
  const { name } = fn
  const named = { name: deadName(place, fn) }
  const topic = new PubsubTopic(stack, `dead-topic-${name}`, {
    ...named,
    messageStoragePolicy: { allowedPersistenceRegions: [place.environment.gcp.region] },
  })
  const kept = new PubsubSubscription(stack, `dead-${name}`, {
    ...named,
    topic: topic.id,
    messageRetentionDuration: `${place.environment.retention.deadLetterDays * 86_400}s`,
    expirationPolicy: { ttl: '' },
    ackDeadlineSeconds: 60,
  })
  new PubsubTopicIamMember(stack, `grant-${name}-dead-publish`, {
    topic: topic.id,
    role: 'roles/pubsub.publisher',
    member: serviceAgent(place, 'gcp-sa-pubsub'),
  })
  return { topic, kept }
}
