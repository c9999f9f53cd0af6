import { MonitoringAlertPolicy } from '@cdktf/provider-google/lib/monitoring-alert-policy/index.js'
import { MonitoringNotificationChannel } from '@cdktf/provider-google/lib/monitoring-notification-channel/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { thresholdOf, type Watched } from './alarms-conditions.ts'

export type Channels = readonly MonitoringNotificationChannel[]

/** An alarm that nobody ends closes itself after a day without the cause. */
export const CLOSES_AFTER = '86400s'

/** Where alarms and the budget are told: by mail, to each address of the config. */
export const openChannels = (stack: SkyreelStack): Channels =>
  stack.place.environment.budget.alertEmails.map(
    (address, index) =>
      new MonitoringNotificationChannel(stack, `mail-${index}`, {
        displayName: `${stack.place.prefix} ${address}`,
        type: 'email',
        labels: { email_address: address },
      }),
  )

/** What people are told of. */
export function layAlarms(stack: SkyreelStack, channels: Channels, watched: readonly Watched[]): void {
  for (const { id, title, advice, severity, seen } of watched)
    new MonitoringAlertPolicy(stack, `alarm-${id}`, {
      displayName: `${stack.place.prefix}: ${title}`,
      combiner: 'OR',
      severity,
      conditions: [{ displayName: title, conditionThreshold: thresholdOf(seen) }],
      notificationChannels: channels.map(({ name }) => name),
      documentation: { content: advice, mimeType: 'text/markdown' },
      alertStrategy: { autoClose: CLOSES_AFTER },
    })
}
