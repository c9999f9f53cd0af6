import { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault/index.js'
import { type Holder, type SecretName, secretsOn } from '../shared/needs.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Ground, kept } from './backend.ts'

/**
 * The vault. A secret of it cannot be there without a value, so the vault is the container and the deployment writes the
 * values: none comes near Terraform or its state.
 */
export function openVault(stack: SkyreelStack, { at, names }: Ground): KeyVault {
  const { environment } = stack.place
  const vault = new KeyVault(stack, 'vault', {
    ...{ ...at, name: names.vault, tenantId: environment.azure.tenantId, skuName: 'standard' },
    rbacAuthorizationEnabled: true,
    // Cannot be taken back once on: a vault of a preview would hold its name for weeks.
    purgeProtectionEnabled: environment.protectData,
    softDeleteRetentionDays: environment.protectData ? 90 : 7,
    ...kept(stack.place),
  })
  vault.overrideLogicalId('vault')
  return vault
}

/** Scope of a role on one secret. */
export const secretScope = (vault: KeyVault, name: SecretName): string => `${vault.id}/secrets/${name}`

/** The vault's names of them are our own. */
export const secretNames = (at: Holder): Readonly<Partial<Record<SecretName, string>>> =>
  Object.fromEntries(secretsOn(at).map((name) => [name, name]))
