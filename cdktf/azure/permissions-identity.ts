import { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import { nameFor } from '../shared/names.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'

/** What a function or a job acts as. The two apps of an API are one function, and act as one. */
export const openIdentity = (stack: SkyreelStack, { at }: Ground, { name }: PlannedFunction) =>
  new UserAssignedIdentity(stack, `identity-${name}`, { ...at, name: nameFor(stack.place, 'identity', name) })
