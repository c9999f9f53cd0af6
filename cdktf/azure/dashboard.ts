import { createHash } from 'node:crypto'
import { ApplicationInsightsWorkbook } from '@cdktf/provider-azurerm/lib/application-insights-workbook/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Telemetry } from './alarms-insights.ts'
import { logAlarms } from './alarms-logs.ts'
import type { Ground } from './backend.ts'
import { edgeCharts, logChart } from './dashboard-charts.ts'
import { consumersOf } from './queues.ts'
import { poisonName } from './settings-names.ts'

/** One page, which costs nothing: what serves, how fast, and all that an alarm asks the workspace. */
export function openDashboard(
  stack: SkyreelStack,
  { at, group, names }: Ground,
  { workspace }: Telemetry,
): void {
  const logs = [...TRAFFIC, ...alarmed(stack)].map((chart) => logChart(workspace.id, chart))
  const page = {
    version: 'Notebook/1.0',
    items: [...edgeCharts(`${group.id}/providers/Microsoft.Cdn/profiles/${names.frontDoor}`), ...logs],
    fallbackResourceIds: ['azure monitor'],
  }
  new ApplicationInsightsWorkbook(stack, 'dashboard', {
    ...{ ...at, name: guidOf(stack.place.stackId), displayName: stack.place.prefix },
    dataJson: JSON.stringify(page),
  })
}

const TRAFFIC = [
  {
    title: 'Calls of each app',
    query: 'AppRequests | summarize sum(ItemCount) by AppRoleName, bin(TimeGenerated, 5m)',
  },
  {
    title: 'Milliseconds of each app, 95 of 100',
    query: 'AppRequests | summarize percentile(DurationMs, 95) by AppRoleName, bin(TimeGenerated, 5m)',
  },
  {
    title: 'Instances of each app',
    query: 'AppRequests | summarize dcount(AppRoleInstance) by AppRoleName, bin(TimeGenerated, 5m)',
  },
]

function alarmed(stack: SkyreelStack) {
  const poison = consumersOf(stack.plan).map(({ name }) => poisonName(stack.place, name))
  return logAlarms(stack, poison).map(({ id, query }) => ({
    title: `Alarm: ${id}`,
    query: `${query} | summarize count() by bin(TimeGenerated, 15m)`,
  }))
}

/** Azure names workbooks by GUIDs; this one is the same at each synthesis. */
function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    '-',
  )
}
