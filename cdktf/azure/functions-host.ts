import type { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { containerScope } from './buckets.ts'
import type { HostStore } from './buckets-hosts.ts'
import { assign } from './permissions-assign.ts'

const READ_AND_WRITE = 'Storage Blob Data Contributor'

/**
 * Lets a function's host keep its locks and timers, and send its lines to Insights, which takes no keys. Azure's pages ask for
 * an owner of the whole account's blobs, so that the host can make its containers; ours are there already.
 */
export function grantHost(
  stack: SkyreelStack,
  { name }: PlannedFunction,
  by: { identity: UserAssignedIdentity; hosts: HostStore; insightsId: string },
): void {
  const { principalId } = by.identity
  for (const [kept, container] of by.hosts.shared)
    assign(stack, `own-${name}-${kept}`, {
      ...{ principalId, role: READ_AND_WRITE },
      scope: containerScope(by.hosts.account, container.name),
    })
  assign(stack, `own-${name}-insights`, {
    ...{ principalId, role: 'Monitoring Metrics Publisher', scope: by.insightsId },
  })
}

/** Opens the container of an app's code and lets the app in, by whose identity it is published. Gives the address. */
export function openCode(
  stack: SkyreelStack,
  app: string,
  { identity, hosts }: { identity: UserAssignedIdentity; hosts: HostStore },
): string {
  const container = hosts.code(app)
  assign(stack, `own-code-${app}`, {
    ...{ principalId: identity.principalId, role: READ_AND_WRITE },
    scope: containerScope(hosts.account, container.name),
  })
  return `https://${hosts.account.name}.blob.core.windows.net/${container.name}`
}
