import { ContainerAppEnvironment } from '@cdktf/provider-azurerm/lib/container-app-environment/index.js'
import { MonitorDiagnosticSetting } from '@cdktf/provider-azurerm/lib/monitor-diagnostic-setting/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

/** In which nothing is paid for between two runs. An environment without profiles gives 2 processors to a job at most. */
export const PROFILE = 'Consumption'

/** Our lines, and what the platform says of a job's beginning and end. */
const LOGS = ['ContainerAppConsoleLogs', 'ContainerAppSystemLogs']

/**
 * Where jobs run. Lines go by a diagnostic setting: the environment's own way writes with the workspace's key, which it takes
 * none of, and which would lie in the state.
 */
export function openEnvironment(
  stack: SkyreelStack,
  { at }: Ground,
  logAnalyticsWorkspaceId: string,
): ContainerAppEnvironment {
  const environment = new ContainerAppEnvironment(stack, 'jobs', {
    ...{ ...at, name: `${stack.place.prefix}-jobs`, logsDestination: 'azure-monitor' },
    workloadProfile: [{ name: PROFILE, workloadProfileType: PROFILE }],
  })
  new MonitorDiagnosticSetting(stack, 'jobs-logs', {
    ...{ name: 'logs', targetResourceId: environment.id, logAnalyticsWorkspaceId },
    enabledLog: LOGS.map((category) => ({ category })),
  })
  return environment
}
