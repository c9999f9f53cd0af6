import { CdnFrontdoorOrigin } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-origin/index.js'
import type { CdnFrontdoorRoute } from '@cdktf/provider-azurerm/lib/cdn-frontdoor-route/index.js'
import { FALLBACK_API, type RoutedApi, routedApis } from '../shared/routes.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { type Edge, openOriginGroup, route } from './cdn-edge.ts'
import { appName } from './settings-names.ts'

/** One of the two apps of an API, by the word that the deployment calls it. */
interface Twin {
  readonly api: RoutedApi
  readonly twin: 'a' | 'b'
  readonly groupId: string
  readonly after?: CdnFrontdoorOrigin[]
}

/** A route for each API, which no answer of is kept; what is under no other path goes to the one that says 404. */
export const routeApis = (stack: SkyreelStack, edge: Edge): readonly CdnFrontdoorRoute[] =>
  routedApis(stack.plan).map((api) => {
    const group = openOriginGroup(stack, edge, api.name)
    const of = { api, groupId: group.id }
    const serving = openTwin(stack, { ...of, twin: 'a' })
    // Front Door refuses a group in which no origin is switched on, be it for a second.
    const idle = openTwin(stack, { ...of, twin: 'b', after: [serving] })
    return route(stack, edge, {
      ...{
        id: `api-${api.name}`,
        group,
        origins: [serving, idle],
        patterns: patternsOf(api),
        ruleSets: [edge.rules.secure],
      },
    })
  })

const patternsOf = ({ name, prefixes }: RoutedApi): string[] => [
  ...prefixes.flatMap((prefix) => [prefix, `${prefix}/*`]),
  ...(name === FALLBACK_API ? ['/*'] : []),
]

/**
 * The first apply lets `a` have all requests. From then on the deployment weighs them, and Terraform looks away: an apply in
 * the middle of a canary would undo it.
 */
function openTwin(stack: SkyreelStack, { api, twin, groupId, after = [] }: Twin): CdnFrontdoorOrigin {
  const hostName = `${appName(stack.place, `${api.name}-${twin}`)}.azurewebsites.net`
  return new CdnFrontdoorOrigin(stack, `origin-${api.name}-${twin}`, {
    ...{ name: twin, cdnFrontdoorOriginGroupId: groupId, hostName, originHostHeader: hostName },
    ...{ certificateNameCheckEnabled: true, priority: 1, weight: 1000, enabled: twin === 'a' },
    lifecycle: { ignoreChanges: ['weight', 'enabled'] },
    dependsOn: after,
  })
}
