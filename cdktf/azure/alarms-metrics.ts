import type { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'
import type { EventgridSystemTopic } from '@cdktf/provider-azurerm/lib/eventgrid-system-topic/index.js'
import type { EventgridTopic } from '@cdktf/provider-azurerm/lib/eventgrid-topic/index.js'
import type { StorageAccount } from '@cdktf/provider-azurerm/lib/storage-account/index.js'

/** A number that Azure keeps without being asked: 0.10 USD a month for each that an alarm looks at. */
export interface MetricAlarm {
  readonly id: string
  readonly says: string
  readonly severity: 1 | 2
  /** Resource id. */
  readonly scope: string
  readonly namespace: string
  readonly metric: string
  readonly aggregation: 'Average' | 'Total'
  readonly above: number
  readonly every: 'PT5M' | 'PT1H'
  readonly within: 'PT15M' | 'PT6H'
}

export interface Measured {
  readonly edge: CdnFrontdoorProfile
  readonly bus: EventgridTopic
  readonly objects: EventgridSystemTopic
  /** Account of the queues. */
  readonly data: StorageAccount
}

const SOON = { every: 'PT5M', within: 'PT15M' } as const

/** What no log says: the edge, events that never came to a queue, and queues that nobody empties. */
export const metricAlarms = ({ edge, bus, objects, data }: Measured): readonly MetricAlarm[] => [
  {
    ...{ id: 'edge-5xx', severity: 1, ...SOON },
    says: 'More than one in twenty answers of Front Door was 5xx.',
    ...{ scope: edge.id, namespace: 'Microsoft.Cdn/profiles', metric: 'Percentage5XX' },
    ...{ aggregation: 'Average', above: 5 },
  },
  undelivered('bus', { scope: bus.id, namespace: 'Microsoft.EventGrid/topics' }),
  undelivered('objects', { scope: objects.id, namespace: 'Microsoft.EventGrid/systemTopics' }),
  {
    ...{ id: 'many-messages', severity: 2, every: 'PT1H', within: 'PT6H' },
    says: 'More than a thousand messages wait in all queues together: a consumer does not run, or is too slow.',
    ...{ scope: `${data.id}/queueServices/default`, metric: 'QueueMessageCount' },
    namespace: 'Microsoft.Storage/storageAccounts/queueServices',
    ...{ aggregation: 'Average', above: 1000 },
  },
]

const undelivered = (from: string, of: Pick<MetricAlarm, 'scope' | 'namespace'>): MetricAlarm => ({
  ...{ id: `undelivered-${from}`, severity: 1, ...SOON, ...of },
  says: 'Event Grid gave an event up after a day. It lies in the container dead-letters, with the reason.',
  ...{ metric: 'DeadLetteredCount', aggregation: 'Total', above: 0 },
})
