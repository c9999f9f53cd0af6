import type { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'
import { ServicePlan } from '@cdktf/provider-azurerm/lib/service-plan/index.js'
import type { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import type { DeployedFunction } from '../shared/outputs.ts'
import type { PlannedFunction } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import type { HostStore } from './buckets-hosts.ts'
import { grantHost, openCode } from './functions-host.ts'
import { appSettingsOf } from './functions-settings.ts'
import { openSite } from './functions-site.ts'
import { inbound } from './network.ts'
import { type Identities, identityOf } from './permissions.ts'
import { appName, appsOf } from './settings-names.ts'

export interface FunctionParts {
  readonly ground: Ground
  readonly identities: Identities
  readonly hosts: HostStore
  readonly insights: { readonly id: string; readonly connectionString: string }
  readonly bus: string
  readonly edge: CdnFrontdoorProfile
}

/**
 * Every API, reaction and schedule as a Flex Consumption app of its own, an API as two. Terraform makes the apps and no code:
 * the deployment publishes that, to one of two apps at a time.
 */
export function deployFunctions(stack: SkyreelStack, parts: FunctionParts): void {
  for (const fn of stack.plan) {
    if (fn.kind === 'job') continue
    const identity = identityOf(parts.identities, fn)
    grantHost(stack, fn, { identity, hosts: parts.hosts, insightsId: parts.insights.id })
    for (const app of appsOf(fn)) deployApp(stack, fn, { ...parts, app, identity })
  }
}

interface AppParts extends FunctionParts {
  readonly app: string
  readonly identity: UserAssignedIdentity
}

function deployApp(stack: SkyreelStack, fn: PlannedFunction, parts: AppParts): void {
  const { app, ground, identity, insights, bus, edge } = parts
  const { connectionString } = insights
  openSite(stack, fn, {
    ...{ ground, identity, id: `fn-${app}`, name: appName(stack.place, app) },
    servicePlan: openPlan(stack, ground, app),
    code: openCode(stack, app, parts),
    settings: appSettingsOf(stack, fn, { app, bus, clientId: identity.clientId, connectionString }),
    reach: inbound(fn.kind === 'http' ? edge : undefined),
  })
}

/** One for each app: Flex Consumption lets no second one into a plan. It costs nothing by itself. */
const openPlan = (stack: SkyreelStack, { at }: Ground, app: string): ServicePlan =>
  new ServicePlan(stack, `plan-${app}`, {
    ...{ ...at, name: appName(stack.place, app), osType: 'Linux', skuName: 'FC1' },
  })

/** What the deployment is told of each. */
export function functionOutputs({ place, plan }: SkyreelStack): Record<string, DeployedFunction> {
  return Object.fromEntries(
    plan.flatMap((fn) => {
      if (fn.kind === 'job') return []
      const [name = '', twin] = appsOf(fn).map((app) => appName(place, app))
      return [[fn.name, { kind: fn.kind, name, ...(twin === undefined ? {} : { twin }) }]]
    }),
  )
}
