import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy/index.js'
import { OWN_LETTER } from '../shared/own-letter.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { WEBHOOK_SWEEP, WEBHOOK_TROUBLE } from '../shared/webhook-trouble.ts'
import { type Channels, CLOSES_AFTER } from './alarms.ts'
import { serviceName } from './settings-names.ts'

/** One mail an hour, however many there are; such an alarm must have a bound. */
const EVERY = '3600s'

interface Line {
  readonly id: string
  readonly title: string
  readonly advice: string
  readonly filter: string
}

/**
 * What our code gave up: Pub/Sub was told that it is settled, and the sweep of webhooks has done its work, so that a line of
 * log is all that tells of it.
 */
export function layLetterAlarms(stack: SkyreelStack, channels: Channels): void {
  for (const { id, title, advice, filter } of [ownLetters(stack), webhooks(stack)])
    new MonitoringAlertPolicy(stack, `alarm-${id}`, {
      displayName: `${stack.place.prefix}: ${title}`,
      combiner: 'OR',
      severity: 'CRITICAL',
      conditions: [{ displayName: title, conditionMatchedLog: { filter } }],
      notificationChannels: channels.map(({ name }) => name),
      documentation: { content: advice, mimeType: 'text/markdown' },
      alertStrategy: { autoClose: CLOSES_AFTER, notificationRateLimit: { period: EVERY } },
    })
}

/** Of reactions and sweeps: no API takes events. */
const ownLetters = (stack: SkyreelStack): Line => ({
  id: 'own-letters',
  title: 'a function gave up an event',
  advice: 'It waits in the database: `npm run dead-letters` shows it, with the reason.',
  filter: linesOf(stack, ({ kind }) => kind === 'on' || kind === 'cron', [OWN_LETTER]),
})

const webhooks = (stack: SkyreelStack): Line => ({
  id: 'webhooks',
  title: 'webhooks wait for a person',
  advice:
    'Some are dead or put aside: `npm run billing -- dead` shows them. Or none came for a day: look whether the provider has disabled the endpoint.',
  filter: linesOf(stack, ({ name }) => name === WEBHOOK_SWEEP, WEBHOOK_TROUBLE),
})

function linesOf(
  { place, plan }: SkyreelStack,
  writes: (fn: PlannedFunction) => boolean,
  words: readonly string[],
): string {
  const names = plan.filter(writes).map((fn) => JSON.stringify(serviceName(place, fn)))
  return [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name=(${names.join(' OR ')})`,
    `jsonPayload.message:${words.length === 1 ? `"${words[0]}"` : `(${words.map((one) => `"${one}"`).join(' OR ')})`}`,
  ].join(' AND ')
}
