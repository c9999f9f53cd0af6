import { evaluated } from './evaluate.ts'
import { blocks, list, named, type Resource, resources, type Stack, text } from './stack.ts'

/** One assignment of a role: who may do what within which scope. */
export interface AzureGrant {
  readonly resource: Resource
  readonly principal: string
  /** Name of one of Azure's own roles, or the address of the stack's. */
  readonly role: string
  /** What one of the stack's own roles allows; of Azure's, the role's name. */
  readonly allows: readonly string[]
  readonly scope: string
}

/** Every assignment of a stack. */
export const azureGrants = (stack: Stack): readonly AzureGrant[] =>
  resources(stack, 'azurerm_role_assignment').map((resource) => {
    const { principal_id, role_definition_name, role_definition_id, scope } = resource.values
    const own = named(stack, role_definition_id)
    const role = text(role_definition_name) || (own?.address ?? text(role_definition_id))
    const allows = own === undefined ? [role] : actionsOf(own)
    const [principal, within] = [principal_id, scope].map((one) => evaluated(stack, one))
    return { resource, role, allows, principal: principal ?? '', scope: within ?? '' }
  })

const actionsOf = ({ values }: Resource): readonly string[] =>
  blocks(values, 'permissions').flatMap(({ actions, data_actions }) =>
    [...list(actions), ...list(data_actions)].map(text),
  )
