import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy/index.js'
import { OWN_LETTER } from '../shared/own-letter.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Channels, CLOSES_AFTER } from './alarms.ts'
import { serviceName } from './settings-names.ts'

/** One mail an hour, however many there are; such an alarm must have a bound. */
const EVERY = '3600s'

/** Events that our code gave up: Pub/Sub was told that they are settled, so that the line of log is all that tells of them. */
export function layLetterAlarm(stack: SkyreelStack, channels: Channels): void {
  const title = 'a function gave up an event'
  new MonitoringAlertPolicy(stack, 'alarm-own-letters', {
    displayName: `${stack.place.prefix}: ${title}`,
    combiner: 'OR',
    severity: 'CRITICAL',
    conditions: [{ displayName: title, conditionMatchedLog: { filter: filterOf(stack) } }],
    notificationChannels: channels.map(({ name }) => name),
    documentation: {
      content: 'It waits in the database: `npm run dead-letters` shows it, with the reason.',
      mimeType: 'text/markdown',
    },
    alertStrategy: { autoClose: CLOSES_AFTER, notificationRateLimit: { period: EVERY } },
  })
}

/** Of reactions and sweeps: no API takes events. */
function filterOf({ place, plan }: SkyreelStack): string {
  const names = plan
    .filter(({ kind }) => kind === 'on' || kind === 'cron')
    .map((fn) => JSON.stringify(serviceName(place, fn)))
  return [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name=(${names.join(' OR ')})`,
    `jsonPayload.message:"${OWN_LETTER}"`,
  ].join(' AND ')
}
