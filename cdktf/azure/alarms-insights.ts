import { ApplicationInsights } from '@cdktf/provider-azurerm/lib/application-insights/index.js'
import { LogAnalyticsWorkspace } from '@cdktf/provider-azurerm/lib/log-analytics-workspace/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

export interface Telemetry {
  readonly workspace: LogAnalyticsWorkspace
  readonly insights: ApplicationInsights
}

/** Azure sells no shorter time, and no longer one. */
const [LEAST_DAYS, MOST_DAYS] = [30, 730]

const [DAYS_OF_A_MONTH, USD_A_GB, LEAST_GB] = [31, 3, 0.1]

/**
 * Beyond it the day's lines are lost: a function that fails in a circle shall not take more than half of the month's budget.
 */
const gbADay = (monthlyUsd: number): number =>
  Math.max(LEAST_GB, Math.floor((monthlyUsd / 2 / DAYS_OF_A_MONTH / USD_A_GB) * 10) / 10)

/** Requests, lines and traces of all functions and jobs. Five gigabytes a month are free, and one more is about 3 USD. */
export function openTelemetry(stack: SkyreelStack, { at }: Ground): Telemetry {
  const { prefix, environment } = stack.place
  const days = Math.min(MOST_DAYS, Math.max(LEAST_DAYS, environment.retention.logDays))
  const gigabytes = gbADay(environment.budget.monthlyUsd)
  const workspace = new LogAnalyticsWorkspace(stack, 'logs', {
    ...{ ...at, name: `${prefix}-logs`, sku: 'PerGB2018', retentionInDays: days, dailyQuotaGb: gigabytes },
    // Nothing writes to it by its keys.
    localAuthenticationEnabled: false,
  })
  const insights = new ApplicationInsights(stack, 'insights', {
    ...{ ...at, name: `${prefix}-insights`, applicationType: 'Node.JS', workspaceId: workspace.id },
    ...{ retentionInDays: nearest(days), dailyDataCapInGb: gigabytes },
    // Takes tokens of identities alone, so that its connection string opens nothing.
    localAuthenticationDisabled: true,
    disableIpMasking: false,
  })
  return { workspace, insights }
}

/** Application Insights knows these alone; what counts is the workspace's own, in which its lines lie. */
const nearest = (days: number): number => [30, 60, 90, 120, 180, 270, 365, 550].find((n) => n >= days) ?? 730
