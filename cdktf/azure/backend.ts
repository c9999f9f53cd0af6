import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js'
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js'
import { AzurermBackend } from 'cdktf'
import { type Place, tagsOf } from '../shared/place.ts'
import { RawProvider } from '../shared/raw-provider.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { stateStoreOf } from '../shared/state-store.ts'
import { type AzureNames, azureNames } from './settings-names.ts'

/** What every resource of the stack stands on. */
export interface Ground {
  readonly azapi: RawProvider
  readonly group: ResourceGroup
  readonly names: AzureNames
  /** Spread into each resource. */
  readonly at: Readonly<{ location: string; resourceGroupName: string; tags: Record<string, string> }>
}

/** The state's place, both providers bound to the subscription of the config, and the resource group. */
export function openGround(stack: SkyreelStack): Ground {
  const { place } = stack
  keepState(stack)
  const { subscriptionId, tenantId, region } = place.environment.azure
  new AzurermProvider(stack, 'azurerm', {
    ...{ subscriptionId, tenantId, features: [features(place)] },
    // Accounts without shared keys are only reached by tokens.
    storageUseAzuread: true,
    // Else the provider registers dozens of services at each run, for which a deployment needs no right.
    resourceProviderRegistrations: 'none',
  })
  const azapi = openAzapi(stack)
  const [names, tags] = [azureNames(place), tagsOf(place)]
  const group = new ResourceGroup(stack, 'group', {
    ...{ name: names.resourceGroup, location: region, tags },
    ...kept(place),
  })
  return { azapi, group, names, at: { location: region, resourceGroupName: group.name, tags } }
}

/** Azure puts alarms of its own beside Application Insights: a group that may not hold more than ours could not be destroyed. */
const features = ({ environment }: Place) => ({
  resourceGroup: [{ preventDeletionIfContainsResources: environment.protectData }],
})

/** Sites are made by it: azurerm 4.55 puts a storage key into a keyless app, and takes it out at the next run. */
function openAzapi(stack: SkyreelStack): RawProvider {
  const { subscriptionId, tenantId } = stack.place.environment.azure
  return new RawProvider(stack, 'azapi', {
    ...{ name: 'azapi', source: 'azure/azapi', version: '2.5.0' },
    attributes: { subscription_id: subscriptionId, tenant_id: tenantId },
  })
}

function keepState(stack: SkyreelStack): void {
  const { store, container, resourceGroup, key } = stateStoreOf(stack.place)
  new AzurermBackend(stack, {
    ...{ storageAccountName: store, containerName: container, resourceGroupName: resourceGroup, key },
    subscriptionId: stack.place.environment.azure.subscriptionId,
    // Tokens alone: the account of the states has no shared keys.
    useAzureadAuth: true,
  })
}

/** For what holds films, secrets or the like: Terraform refuses to delete it where the config says so. */
export const kept = ({ environment }: Place): { lifecycle?: { preventDestroy: true } } =>
  environment.protectData ? { lifecycle: { preventDestroy: true } } : {}
