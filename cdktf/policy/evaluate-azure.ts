import type { Asked, ComputedAttribute } from './computed-attribute.ts'

/** Provider of the Resource Manager for what is named in scopes and variables; the name follows. */
const KINDS: Readonly<Record<string, string>> = {
  azurerm_application_insights: 'Microsoft.Insights/components',
  azurerm_container_app_environment: 'Microsoft.App/managedEnvironments',
  azurerm_container_app_job: 'Microsoft.App/jobs',
  azurerm_container_registry: 'Microsoft.ContainerRegistry/registries',
  azurerm_eventgrid_topic: 'Microsoft.EventGrid/topics',
  azurerm_key_vault: 'Microsoft.KeyVault/vaults',
  azurerm_storage_account: 'Microsoft.Storage/storageAccounts',
  azurerm_user_assigned_identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
}

/** Attributes that Azure gives. */
export const azureAttribute: ComputedAttribute = (asked) => {
  const { resource, attribute, own } = asked
  if (attribute === 'id') return idOf(asked)
  if (resource.type === 'azurerm_user_assigned_identity') return `${idOf(asked)}#${attribute}`
  if (resource.type === 'azurerm_key_vault' && attribute === 'vault_uri')
    return `https://${own('name')}.vault.azure.net/`
  if (resource.type === 'azurerm_eventgrid_topic' && attribute === 'endpoint')
    return `https://${own('name')}.westeurope-1.eventgrid.azure.net/api/events`
  const service = /^primary_(blob|queue|web)_(endpoint|host)$/.exec(attribute)
  if (service === null) return undefined
  const host = `${own('name')}.${service[1]}.core.windows.net`
  return service[2] === 'host' ? host : `https://${host}/`
}

function idOf({ resource, own, place }: Asked): string | undefined {
  const { subscriptionId } = place.environment.azure
  const group = `/subscriptions/${subscriptionId}/resourceGroups/`
  if (resource.type === 'azurerm_resource_group') return `${group}${own('name')}`
  if (resource.type === 'azapi_resource') {
    const kind = own('type').split('@')[0] ?? ''
    return `${own('parent_id')}/providers/${kind}/${own('name')}`
  }
  const kind = KINDS[resource.type]
  return kind && `${group}${own('resource_group_name')}/providers/${kind}/${own('name')}`
}
