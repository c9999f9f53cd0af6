import { DataGoogleStorageProjectServiceAccount } from '@cdktf/provider-google/lib/data-google-storage-project-service-account/index.js'
import { EventarcTrigger } from '@cdktf/provider-google/lib/eventarc-trigger/index.js'
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js'
import { Fn } from 'cdktf'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Buckets } from './buckets.ts'
import { type Functions, letCall, serviceOf } from './functions.ts'
import type { Callers } from './permissions.ts'
import { type AllDeadLetters, deadLettersOf } from './queues-dead.ts'
import { serviceName } from './settings-names.ts'
import { keepDeadLetters } from './storage-events-dead.ts'

/** Of the store's words this one alone says that an object is whole: a test holds it to `adapters/gcp/storage-events.ts`. */
export const OBJECT_FINALIZED = 'google.cloud.storage.object.v1.finalized'

/** The subscriptions of Pub/Sub that Eventarc makes; their names are known after the first apply. */
export type StoreEvents = readonly string[]

interface Ways {
  readonly functions: Functions
  readonly callers: Callers
  readonly dead: AllDeadLetters
}

/**
 * Finished objects of a bucket to the functions that wait for them, by Eventarc: it hands over the CloudEvents that our
 * decoder takes. Its subscription tries again for a day with growing pauses, and what is given up goes to the dead letters of
 * the function; the sweep of uploads finds the film itself.
 */
export function layStorageEvents(stack: SkyreelStack, by: Ways & { buckets: Buckets }): StoreEvents {
  const rights = [receiveRight(stack, by.callers), publishRight(stack)]
  const waiting = stack.plan.flatMap((fn) => {
    if (!('event' in fn.trigger) || fn.trigger.bucket === undefined) return []
    return [{ fn, bucket: by.buckets[fn.trigger.bucket as 'uploads' | 'media'] }]
  })
  return waiting.map(({ fn, bucket }) => {
    const subscription = trigger(stack, fn, { ...by, bucket: bucket.name, rights })
    keepDeadLetters(stack, { fn: fn.name, subscription, dead: deadLettersOf(by.dead, fn.name) })
    return subscription
  })
}

function trigger(
  stack: SkyreelStack,
  fn: PlannedFunction,
  by: Ways & { bucket: string; rights: ProjectIamMember[] },
): string {
  const service = serviceOf(by.functions, fn.name)
  const mayCall = letCall(stack, { fn: fn.name, service, caller: by.callers.store })
  const made = new EventarcTrigger(stack, `store-${fn.name}`, {
    name: serviceName(stack.place, fn),
    // It must be where the bucket is.
    location: service.location,
    serviceAccount: by.callers.store.email,
    matchingCriteria: [
      { attribute: 'type', value: OBJECT_FINALIZED },
      { attribute: 'bucket', value: by.bucket },
    ],
    destination: { cloudRunService: { service: service.name, region: service.location } },
    dependsOn: [mayCall, ...by.rights],
  })
  // Told with its project before it; grants and alarms want the name alone.
  return Fn.element(Fn.reverse(Fn.split('/', made.transport.pubsub.subscription)), 0)
}

const receiveRight = (stack: SkyreelStack, { store }: Callers) =>
  new ProjectIamMember(stack, 'grant-eventarc-receive', {
    project: stack.place.environment.gcp.projectId,
    role: 'roles/eventarc.eventReceiver',
    member: store.member,
  })

function publishRight(stack: SkyreelStack): ProjectIamMember {
  // Reading it makes Google create the account, which a new project has not.
  const storage = new DataGoogleStorageProjectServiceAccount(stack, 'storage-agent', {})
  return new ProjectIamMember(stack, 'grant-storage-publish', {
    project: stack.place.environment.gcp.projectId,
    role: 'roles/pubsub.publisher',
    member: storage.member,
  })
}
