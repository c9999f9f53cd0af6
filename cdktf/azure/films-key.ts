import type { KeyVault } from '@cdktf/provider-azurerm/lib/key-vault/index.js'
import { FILMS_KEY, RENEWED_DAYS } from '../shared/films-key.ts'
import { RawResource } from '../shared/raw-provider.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

/**
 * The RSA key that wraps the keys of films, beside the secrets: who may read those has no right to it. By the Resource Manager,
 * whose PUT makes the key where there is none and else changes nothing: azurerm would ask the vault itself, for which whoever
 * deploys needs a role in it, minutes before the vault knows of it. Nothing of Terraform deletes it; it goes with its vault,
 * which is protected. https://learn.microsoft.com/rest/api/keyvault/keyvault/keys/create-if-not-exist
 */
export const openFilmsKey = (stack: SkyreelStack, { azapi }: Ground, vault: KeyVault): RawResource =>
  new RawResource(stack, 'films-key', {
    type: 'azapi_resource_action',
    provider: azapi,
    attributes: {
      type: 'Microsoft.KeyVault/vaults/keys@2023-07-01',
      ...{ resource_id: filmsKeyScope(vault), method: 'PUT' },
      body: { properties: PROPERTIES },
      response_export_values: [],
    },
  })

/** 3072 bits, for what it wraps must stay closed for decades. No version expires, or the films of that version could not be opened. */
const PROPERTIES = {
  ...{ kty: 'RSA', keySize: 3072, keyOps: ['unwrapKey', 'wrapKey'] },
  rotationPolicy: {
    lifetimeActions: [{ action: { type: 'rotate' }, trigger: { timeAfterCreate: `P${RENEWED_DAYS}D` } }],
  },
}

/** Scope of a role on the key alone. */
export const filmsKeyScope = (vault: KeyVault): string => `${vault.id}/keys/${FILMS_KEY}`
