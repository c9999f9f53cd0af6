import { CdnFrontdoorEndpoint } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-endpoint/index.js'
import type { CdnFrontdoorOrigin } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-origin/index.js'
import { CdnFrontdoorOriginGroup } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-origin-group/index.js'
import { CdnFrontdoorProfile } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-profile/index.js'
import {
  CdnFrontdoorRoute,
  type CdnFrontdoorRouteCache,
} from '@cdktf/provider-azurerm/lib/cdn-frontdoor-route/index.js'
import type { CdnFrontdoorRuleSet } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-rule-set/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Ground } from './backend.ts'
import { openRules, type Rules } from './cdn-rules.ts'
import { openDomain } from './certificates.ts'

export interface Edge {
  readonly profile: CdnFrontdoorProfile
  readonly endpoint: CdnFrontdoorEndpoint
  readonly domainId: string
  readonly rules: Rules
}

/** What Front Door waits for beyond the slowest answer, so that a time limit is told by us and not by it. */
const PATIENCE_SECONDS = 10
const LEAST_SECONDS = 16

/** Front Door, in the size that takes paths to the blob store with their queries: 35 USD a month, used or not. */
export function openEdge(stack: SkyreelStack, ground: Ground): Edge {
  const { names, at } = ground
  const slowest = Math.max(...stack.plan.flatMap((fn) => (fn.kind === 'http' ? [fn.timeoutSeconds] : [])))
  const profile = new CdnFrontdoorProfile(stack, 'edge', {
    ...{ name: names.frontDoor, resourceGroupName: at.resourceGroupName, tags: at.tags },
    skuName: 'Standard_AzureFrontDoor',
    responseTimeoutSeconds: Math.max(LEAST_SECONDS, slowest + PATIENCE_SECONDS),
  })
  const endpoint = new CdnFrontdoorEndpoint(stack, 'edge-endpoint', {
    ...{ name: names.endpoint, cdnFrontdoorProfileId: profile.id, tags: at.tags },
  })
  const { id: domainId } = openDomain(stack, { profile, endpoint, tags: at.tags })
  return { profile, endpoint, domainId, rules: openRules(stack, profile) }
}

/**
 * A group of origins. Nobody probes them: Front Door would from a hundred places, and wake apps that nobody calls. Any
 * latency within a second counts as equal, or the weights would not act.
 */
export const openOriginGroup = (stack: SkyreelStack, { profile }: Edge, name: string) =>
  new CdnFrontdoorOriginGroup(stack, `origins-${name}`, {
    ...{ name, cdnFrontdoorProfileId: profile.id, sessionAffinityEnabled: false },
    loadBalancing: { additionalLatencyInMilliseconds: 1000, sampleSize: 4, successfulSamplesRequired: 1 },
  })

interface Wanted {
  readonly id: string
  readonly group: CdnFrontdoorOriginGroup
  readonly origins: readonly CdnFrontdoorOrigin[]
  readonly patterns: readonly string[]
  readonly ruleSets: readonly CdnFrontdoorRuleSet[]
  /** Nothing is kept without it. */
  readonly cache?: CdnFrontdoorRouteCache
}

/** Sends paths to a group, by HTTPS alone, under our own name alone. */
export const route = (
  stack: SkyreelStack,
  { endpoint, domainId }: Edge,
  { id, group, origins, patterns, ruleSets, cache }: Wanted,
): CdnFrontdoorRoute =>
  new CdnFrontdoorRoute(stack, `route-${id}`, {
    ...{ name: id, cdnFrontdoorEndpointId: endpoint.id, cdnFrontdoorOriginGroupId: group.id },
    cdnFrontdoorOriginIds: origins.map((origin) => origin.id),
    cdnFrontdoorCustomDomainIds: [domainId],
    cdnFrontdoorRuleSetIds: ruleSets.map((rules) => rules.id),
    patternsToMatch: [...patterns],
    supportedProtocols: ['Http', 'Https'],
    ...{ httpsRedirectEnabled: true, forwardingProtocol: 'HttpsOnly', linkToDefaultDomain: false },
    ...(cache === undefined ? {} : { cache }),
  })
