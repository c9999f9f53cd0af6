import { RoleAssignment } from '@cdktf/provider-azurerm/lib/role-assignment/index.js'
import type { RoleDefinition } from '@cdktf/provider-azurerm/lib/role-definition/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

export interface Grant {
  readonly principalId: string
  /** One of Azure's own by its name, or one of ours. */
  readonly role: string | RoleDefinition
  /** One resource, never the group or the subscription. */
  readonly scope: string
}

/** Lets an identity do what a role says, with one resource. */
export function assign(stack: SkyreelStack, id: string, { principalId, role, scope }: Grant): RoleAssignment {
  return new RoleAssignment(stack, id, {
    ...{ principalId, scope, principalType: 'ServicePrincipal' },
    ...(typeof role === 'string'
      ? { roleDefinitionName: role }
      : { roleDefinitionId: role.roleDefinitionResourceId }),
    // A new identity is not known everywhere for a minute.
    skipServicePrincipalAadCheck: true,
  })
}
