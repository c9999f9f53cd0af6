import { PubsubSubscriptionIamMember } from '@cdktf/provider-google/lib/pubsub-subscription-iam-member/index.js'
import { DataResource } from 'cdktf'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { MAX_DELIVERIES } from './queues.ts'
import type { DeadLetters } from './queues-dead.ts'
import { serviceAgent } from './settings-names.ts'

/** Needs gcloud, signed in. To set it again changes nothing. */
const COMMAND = [
  'gcloud pubsub subscriptions update "$SUBSCRIPTION" --dead-letter-topic="$TOPIC"',
  `--max-delivery-attempts=${MAX_DELIVERIES} --project="$PROJECT" --quiet`,
].join(' ')

/**
 * Gives the subscription that Eventarc has made a topic for what it gives up. By a command: to Terraform that subscription
 * belongs to nobody, and the trigger has no argument for it. https://cloud.google.com/eventarc/docs/retry-events
 */
export function keepDeadLetters(
  stack: SkyreelStack,
  { fn, subscription, dead }: { fn: string; subscription: string; dead: DeadLetters },
): void {
  const forward = new PubsubSubscriptionIamMember(stack, `grant-${fn}-store-forward`, {
    subscription,
    role: 'roles/pubsub.subscriber',
    member: serviceAgent(stack.place, 'gcp-sa-pubsub'),
  })
  const environment = {
    PROJECT: stack.place.environment.gcp.projectId,
    SUBSCRIPTION: subscription,
    TOPIC: dead.topic.id,
  }
  new DataResource(stack, `store-${fn}-dead`, {
    triggersReplace: { subscription, topic: dead.topic.id },
    provisioners: [{ type: 'local-exec', command: COMMAND, environment }],
    dependsOn: [forward],
  })
}
