import { PubsubSubscription } from '@cdktf/provider-google/lib/pubsub-subscription/index.js'
import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import { subscriptionFilter } from '../shared/pubsub-filter.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Bus } from './bus.ts'
import { type Functions, letCall, serviceOf } from './functions.ts'
import type { Callers } from './permissions.ts'
import { type AllDeadLetters, type DeadLetters, deadLettersOf, layDeadLetters } from './queues-dead.ts'
import { consumersOf } from './settings.ts'
import { queueName, serviceAgent } from './settings-names.ts'

interface Ways {
  readonly bus: Bus
  readonly functions: Functions
  readonly callers: Callers
}

/**
 * The most that Pub/Sub takes: a consumer's own attempts end sooner, with a dead letter in the database. What lies in the
 * topic of dead letters is what could not even be kept there.
 */
export const MAX_DELIVERIES = 100
/** Pub/Sub waits for an answer as long as this, and pushes again then: longer than the platform lets the function work. */
const BEYOND_ANSWER_SECONDS = 10
const MAX_ACK_SECONDS = 600

/** One push subscription of the bus for each reaction, and where its dead letters go. */
export function layQueues(stack: SkyreelStack, by: Ways): AllDeadLetters {
  const consumers = consumersOf(stack.plan)
  const all = new Map(consumers.map((fn) => [fn.name, layDeadLetters(stack, fn)]))
  for (const fn of consumers) subscribe(stack, fn, { ...by, dead: deadLettersOf(all, fn.name) })
  return all
}

function subscribe(
  stack: SkyreelStack,
  fn: PlannedFunction,
  { bus, functions, callers, dead }: Ways & { dead: DeadLetters },
): void {
  const service = serviceOf(functions, fn.name)
  const mayCall = letCall(stack, { fn: fn.name, service, caller: callers.bus })
  const made = new PubsubSubscription(stack, `queue-${fn.name}`, {
    name: queueName(stack.place, fn),
    topic: bus.topic.id,
    filter: filterOf(fn),
    ackDeadlineSeconds: Math.min(fn.timeoutSeconds + BEYOND_ANSWER_SECONDS, MAX_ACK_SECONDS),
    // Never by itself: without messages for a month it would be gone, and with it those that come later.
    expirationPolicy: { ttl: '' },
    retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
    deadLetterPolicy: { deadLetterTopic: dead.topic.id, maxDeliveryAttempts: MAX_DELIVERIES },
    pushConfig: {
      // functions-framework reads the topic from the path, and takes a push on any other for one without.
      pushEndpoint: `${service.uri}/projects/${stack.place.environment.gcp.projectId}/topics/${bus.topic.name}`,
      oidcToken: { serviceAccountEmail: callers.bus.email, audience: service.uri },
    },
    dependsOn: [mayCall],
  })
  letForward(stack, `grant-${fn.name}-dead-forward`, made.name)
}

/** Only who may take messages from a subscription can move them from there to another topic. */
const letForward = (stack: SkyreelStack, id: string, subscription: string) =>
  new PubsubSubscriptionIamMember(stack, id, {
    subscription,
    role: 'roles/pubsub.subscriber',
    member: serviceAgent(stack.place, 'gcp-sa-pubsub'),
  })

/** What the store tells does not go over the bus; what is put before that consumer alone does. */
function filterOf({ name, trigger }: PlannedFunction): string {
  const type = 'event' in trigger && trigger.bucket === undefined ? trigger.event : undefined
  return subscriptionFilter(name, type)
}
