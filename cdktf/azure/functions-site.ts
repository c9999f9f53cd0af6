import type { ServicePlan } from '@cdktf/provider-azurerm/lib/service-plan/index.js'
import type { UserAssignedIdentity } from '@cdktf/provider-azurerm/lib/user-assigned-identity/index.js'
import type { PlannedFunction } from '../shared/plan.ts'
import { RawResource } from '../shared/raw-provider.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { sizeOf } from './functions-size.ts'
import type { inbound } from './network.ts'
import type { Variables } from './settings.ts'

const API = '2024-04-01'
/**
 * What the bundles are made for. azurerm 4.55 knows no version above 22 in this place; the platform does, and azapi passes
 * on what it is given.
 */
const NODE = '24'
export interface SiteOptions {
  readonly ground: Ground
  readonly id: string
  readonly name: string
  readonly identity: UserAssignedIdentity
  readonly servicePlan: ServicePlan
  /** Address of the container that the code is published to. */
  readonly code: string
  readonly settings: Variables
  readonly reach: ReturnType<typeof inbound>
}

/** A function app with all its settings in one request, and without passwords for its code. */
export function openSite(stack: SkyreelStack, fn: PlannedFunction, options: SiteOptions): void {
  const { ground, id, name, identity } = options
  const site = new RawResource(stack, id, {
    type: 'azapi_resource',
    provider: ground.azapi,
    attributes: {
      ...{ type: `Microsoft.Web/sites@${API}`, name, parent_id: ground.group.id },
      ...{ location: ground.at.location, tags: ground.at.tags },
      identity: [{ type: 'UserAssigned', identity_ids: [identity.id] }],
      body: { kind: 'functionapp,linux', properties: propertiesOf(fn, options) },
      // The platform writes ids in letters of its own, `serverfarms`: each deployment would take that for somebody's change.
      ...{ ignore_casing: true, response_export_values: [] },
    },
  })
  refusePasswords(stack, ground, { id, site })
}

const propertiesOf = (fn: PlannedFunction, options: SiteOptions) => ({
  serverFarmId: options.servicePlan.id,
  httpsOnly: true,
  functionAppConfig: {
    deployment: { storage: codeOf(options) },
    runtime: { name: 'node', version: NODE },
    scaleAndConcurrency: sizeOf(fn),
  },
  // Without `ftpsState`: Flex Consumption has no FTP, and refuses a site that speaks of it.
  siteConfig: {
    ...{ minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true },
    ...options.reach,
    appSettings: Object.entries(options.settings).map(([name, value]) => ({ name, value })),
  },
})

const codeOf = ({ code, identity }: SiteOptions) => ({
  type: 'blobContainer',
  value: code,
  authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id },
})

/** Both policies come with the site and go with it: they are neither made nor deleted, and one waits for the other. */
function refusePasswords(
  stack: SkyreelStack,
  { azapi }: Ground,
  { id, site }: { id: string; site: RawResource },
): void {
  for (const name of ['ftp', 'scm'])
    new RawResource(stack, `${id}-no-${name}-password`, {
      type: 'azapi_update_resource',
      provider: azapi,
      attributes: {
        type: `Microsoft.Web/sites/basicPublishingCredentialsPolicies@${API}`,
        ...{ name, parent_id: site.reference('id') },
        body: { properties: { allow: false } },
        retry: { error_message_regex: ['another operation is in progress'] },
        response_export_values: [],
      },
    })
}
