import type { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { openIdentity } from './permissions-identity.ts'

/**
 * Assignments wider than one container, queue, topic, secret or job, each with the reason why nothing narrower exists. There
 * are none: Azure scopes all that the manifests name to the very resource.
 */
export const WIDE_GRANTS: readonly { readonly id: string; readonly reason: string }[] = []

/** Who a function or a job is to Azure. The two apps of an API are one. */
export type Identities = ReadonlyMap<string, UserAssignedIdentity>

/** One identity for each function and each job, which may do nothing yet. */
export const openIdentities = (stack: SkyreelStack, ground: Ground): Identities =>
  new Map(stack.plan.map((fn) => [fn.name, openIdentity(stack, ground, fn)]))

/** The identity of a planned function. Throws where there is none: a defect of the stack. */
export function identityOf(
  identities: Identities,
  { name }: Pick<PlannedFunction, 'name'>,
): UserAssignedIdentity {
  const found = identities.get(name)
  if (found === undefined) throw new Error(`${name} has no identity`)
  return found
}
