import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { busName } from './settings-names.ts'

export interface Bus {
  readonly topic: PubsubTopic
}

/** The one topic of all events; each consumer's subscription selects its own. Messages stay in the region that they are about. */
export const layBus = (stack: SkyreelStack): Bus => ({
  topic: new PubsubTopic(stack, 'bus', {
    name: busName(stack.place),
    messageStoragePolicy: { allowedPersistenceRegions: [stack.place.environment.gcp.region] },
  }),
})
