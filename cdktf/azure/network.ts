import type { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'

interface Inbound {
  readonly ipSecurityRestrictionsDefaultAction: 'Deny'
  readonly ipSecurityRestrictions: readonly object[]
  readonly scmIpSecurityRestrictionsUseMain: false
  readonly scmIpSecurityRestrictionsDefaultAction: 'Allow'
}

/**
 * Who may reach a function app. There is no network of our own: Flex Consumption and Container Apps reach everything over
 * Azure's public endpoints by tokens, while a NAT gateway alone would cost 32 USD a month. An API is reached through our
 * Front Door only, so that `x-forwarded-for` can be believed; an app of events or timers by nobody. Code is published to
 * the scm site, which takes tokens and no passwords.
 */
export function inbound(edge: CdnFrontdoorProfile | undefined): Inbound {
  return {
    ipSecurityRestrictionsDefaultAction: 'Deny',
    ipSecurityRestrictions: edge === undefined ? [] : [fromFrontDoor(edge)],
    scmIpSecurityRestrictionsUseMain: false,
    scmIpSecurityRestrictionsDefaultAction: 'Allow',
  }
}

/** The service tag is everybody's Front Door; the header says that it is ours. */
const fromFrontDoor = (edge: CdnFrontdoorProfile) => ({
  name: 'front-door',
  priority: 100,
  action: 'Allow',
  tag: 'ServiceTag',
  ipAddress: 'AzureFrontDoor.Backend',
  headers: { 'x-azure-fdid': [edge.resourceGuid] },
})
