import type { Cloud } from '../shared/environment.ts'
import { type Deployed, deployed } from './deployed.ts'
import type { Finding, Rule, Stack } from './stack.ts'

/** A permission on a resource, in the cloud's own words. */
export type Access = `${string} on ${string}`
export const access = (permission: string, resource: string): Access => `${permission} on ${resource}`

/** How one cloud says who may do what. */
export interface Privileges {
  /** What the manifest names, and what every function of its kind needs to be one. */
  readonly needed: (stack: Stack, one: Deployed) => readonly Access[]
  /** What its identity is granted anywhere in the stack. */
  readonly granted: (stack: Stack, one: Deployed) => readonly Access[]
}

/** Each function and job may do what its manifest names, on those very resources, and nothing else. */
export const leastPrivilege = (cloud: Cloud, privileges: Privileges): Rule => ({
  name: 'each function and job has exactly the permissions that its manifest names',
  on: [cloud],
  find: (stack) => deployed(stack).flatMap((one) => differences(stack, one, privileges)),
})

function differences(stack: Stack, one: Deployed, { needed, granted }: Privileges): readonly Finding[] {
  const [must, may] = [sorted(needed(stack, one)), sorted(granted(stack, one))]
  const { address } = one.resource
  const lacks = must.filter((what) => !may.includes(what))
  const extra = may.filter((what) => !must.includes(what))
  return [
    ...lacks.map((what) => ({ address, says: `lacks ${what}` })),
    ...extra.map((what) => ({ address, says: `has ${what}, which nothing asks for` })),
  ]
}

const sorted = (all: readonly Access[]): readonly Access[] => [...new Set(all)].sort()
