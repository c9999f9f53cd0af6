/** Terraform addresses of the image registry and its resource group. A test holds them to the stack's text. */
export const azureRegistryTargets: readonly string[] = [
  'azurerm_resource_group.group',
  'azurerm_container_registry.registry',
]

/** Terraform address of the vault: a secret of it cannot be there without a value. */
export const azureSecretTargets: readonly string[] = ['azurerm_key_vault.vault']
