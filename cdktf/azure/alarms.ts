import { MonitorActionGroup } from '@cdktf/provider-azurerm/lib/monitor-action-group/index.js'
import { MonitorMetricAlert } from '@cdktf/provider-azurerm/lib/monitor-metric-alert/index.js'
import { MonitorScheduledQueryRulesAlertV2 } from '@cdktf/provider-azurerm/lib/monitor-scheduled-query-rules-alert-v2/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Telemetry } from './alarms-insights.ts'
import { type LogAlarm, logAlarms } from './alarms-logs.ts'
import { type Measured, type MetricAlarm, metricAlarms } from './alarms-metrics.ts'
import type { Ground } from './backend.ts'
import type { ConsumerQueues } from './queues.ts'

interface Watched extends Measured {
  readonly telemetry: Telemetry
  readonly queues: ConsumerQueues
}

/** What people are told of, by mail. Few alarms, for each is paid for while nothing happens. */
export function openAlarms(stack: SkyreelStack, ground: Ground, watched: Watched): void {
  const people = openPeople(stack, ground)
  for (const alarm of metricAlarms(watched)) raiseOnMetric(stack, ground, { alarm, people })
  const poison = [...watched.queues.values()].map((queue) => queue.poison.name)
  const { workspace } = watched.telemetry
  for (const alarm of logAlarms(stack, poison)) raiseOnLog(stack, ground, { alarm, people, workspace })
}

/** The addresses of the config. Azure writes to each that it is on the list, and lets it leave. */
function openPeople(stack: SkyreelStack, { at }: Ground): MonitorActionGroup {
  const { prefix, environment } = stack.place
  return new MonitorActionGroup(stack, 'alarms', {
    ...{ name: `${prefix}-alarms`, resourceGroupName: at.resourceGroupName, tags: at.tags },
    // In the subject of the mails; twelve characters at most.
    shortName: environment.product,
    emailReceiver: environment.budget.alertEmails.map((emailAddress, index) => ({
      ...{ name: `mail-${index}`, emailAddress, useCommonAlertSchema: true },
    })),
  })
}

interface Raised<Alarm> {
  readonly alarm: Alarm
  readonly people: MonitorActionGroup
}

const raiseOnMetric = (
  stack: SkyreelStack,
  { at }: Ground,
  { alarm, people }: Raised<MetricAlarm>,
): MonitorMetricAlert =>
  new MonitorMetricAlert(stack, `alarm-${alarm.id}`, {
    ...{ name: `${stack.place.prefix}-${alarm.id}`, resourceGroupName: at.resourceGroupName, tags: at.tags },
    ...{ description: alarm.says, severity: alarm.severity, scopes: [alarm.scope] },
    ...{ frequency: alarm.every, windowSize: alarm.within },
    criteria: [
      {
        ...{ metricNamespace: alarm.namespace, metricName: alarm.metric, aggregation: alarm.aggregation },
        ...{ operator: 'GreaterThan', threshold: alarm.above },
        // A new resource has no metrics yet, and would be refused.
        skipMetricValidation: true,
      },
    ],
    action: [{ actionGroupId: people.id }],
  })

const raiseOnLog = (
  stack: SkyreelStack,
  { at }: Ground,
  { alarm, people, workspace }: Raised<LogAlarm> & Pick<Telemetry, 'workspace'>,
): MonitorScheduledQueryRulesAlertV2 =>
  new MonitorScheduledQueryRulesAlertV2(stack, `alarm-${alarm.id}`, {
    ...{ ...at, name: `${stack.place.prefix}-${alarm.id}`, scopes: [workspace.id] },
    ...{ description: alarm.says, severity: alarm.severity },
    ...{ evaluationFrequency: 'PT15M', windowDuration: 'PT15M' },
    // A table is there with its first line, and a new workspace has none.
    skipQueryValidation: true,
    criteria: [
      {
        ...{ query: alarm.query, timeAggregationMethod: 'Count' },
        ...{ operator: 'GreaterThan', threshold: alarm.above },
      },
    ],
    action: { actionGroups: [people.id] },
  })
