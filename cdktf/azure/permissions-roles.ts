import { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition/index.js'
import type { StorageAction } from '../../core/run/function.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

const BLOBS = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs'
const KEYS = 'Microsoft.KeyVault/vaults/keys'
const LOOK = [
  'Microsoft.App/jobs/read',
  'Microsoft.App/jobs/execution/read',
  'Microsoft.App/jobs/executions/read',
]

/**
 * Roles of our own, where Azure's hold more than a manifest asks for: who writes objects by "Storage Blob Data Contributor"
 * removes them, too. A tenant has room for 5000.
 */
const ROLES = {
  'read-objects': { dataActions: [`${BLOBS}/read`] },
  'write-objects': { dataActions: [`${BLOBS}/write`] },
  'remove-objects': { dataActions: [`${BLOBS}/delete`] },
  'wrap-film-keys': { dataActions: [`${KEYS}/read`, `${KEYS}/wrap/action`] },
  'unwrap-film-keys': { dataActions: [`${KEYS}/unwrap/action`] },
  'run-jobs': {
    actions: [
      ...LOOK,
      'Microsoft.App/jobs/start/action',
      'Microsoft.App/jobs/stop/action',
      'Microsoft.App/jobs/stop/execution/action',
    ],
  },
  'look-at-jobs': { actions: LOOK },
} satisfies Record<string, { actions?: string[]; dataActions?: string[] }>
export type OwnRole = keyof typeof ROLES
export type OwnRoles = Readonly<Record<OwnRole, RoleDefinition>>

/** Defines them for this resource group. */
export function openRoles(stack: SkyreelStack, { group }: Ground): OwnRoles {
  const open = (name: OwnRole) => {
    const {
      actions = [],
      dataActions = [],
    }: { actions?: readonly string[]; dataActions?: readonly string[] } = ROLES[name]
    return new RoleDefinition(stack, `role-${name}`, {
      ...{ name: `${stack.place.prefix} ${name}`, scope: group.id, assignableScopes: [group.id] },
      permissions: [{ actions: [...actions], dataActions: [...dataActions] }],
    })
  }
  const made = (Object.keys(ROLES) as OwnRole[]).map((name) => [name, open(name)] as const)
  return Object.fromEntries(made) as OwnRoles
}

/**
 * What an action on objects takes. Azure has one right for reading and listing, so absence is 404 for all who read; who writes
 * looks at what was written. A signature is made with the account's key, which the secret of that name is for.
 */
export const ROLES_FOR: Readonly<Record<StorageAction, readonly OwnRole[]>> = {
  get: ['read-objects'],
  head: ['read-objects'],
  list: ['read-objects'],
  put: ['read-objects', 'write-objects'],
  remove: ['remove-objects'],
  'sign-get': [],
  'sign-put': [],
}
