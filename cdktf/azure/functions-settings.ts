import { Fn } from 'cdktf'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { settingsOf, type Variables } from './settings.ts'
import { azureNames, hostId } from './settings-names.ts'

export interface AppFacts {
  readonly app: string
  readonly bus: string
  readonly clientId: string
  readonly connectionString: string
}

/** App settings of one function app: the Functions host's own, and ours. */
export function appSettingsOf(stack: SkyreelStack, fn: PlannedFunction, facts: AppFacts): Variables {
  return {
    ...hostSettings(stack, facts),
    ...settingsOf(stack.place, stack.plan, fn, facts),
    // Front Door, which adds the client's address to those that the platform's own front adds.
    ...(fn.kind === 'http' ? { SKYREEL_TRUSTED_HOPS: '1' } : {}),
    ...(fn.kind === 'on' ? queueConnection(stack, facts) : {}),
  }
}

function hostSettings({ place }: SkyreelStack, { app, clientId, connectionString }: AppFacts): Variables {
  return {
    ...asItself('AzureWebJobsStorage', clientId),
    AzureWebJobsStorage__accountName: azureNames(place).hostAccount,
    // The host would cut the app's name to 32 characters, and two apps with one id would share locks and timers.
    AzureFunctionsWebHost__hostid: hostId(place, app),
    // Insights takes lines by the app's identity alone, so that this names a place and opens nothing.
    APPLICATIONINSIGHTS_CONNECTION_STRING: Fn.nonsensitive(connectionString),
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: `ClientId=${clientId};Authorization=AAD`,
  }
}

/** The trigger's connection, `SKYREEL_STORAGE` in functions/entry/azure.ts. */
const queueConnection = ({ place }: SkyreelStack, { clientId }: AppFacts): Variables => ({
  ...asItself('SKYREEL_STORAGE', clientId),
  SKYREEL_STORAGE__queueServiceUri: `https://${azureNames(place).dataAccount}.queue.core.windows.net`,
})

const asItself = (connection: string, clientId: string): Variables => ({
  [`${connection}__credential`]: 'managedidentity',
  [`${connection}__clientId`]: clientId,
})
