import { evaluated } from './evaluate.ts'
import { longest } from './gateway-pattern.ts'
import { list, mentions, named, resources, type Stack, text } from './stack.ts'

/** Front Door takes the longest pattern; the origins of the route's group share the requests. */
export function routed(stack: Stack, path: string): readonly string[] {
  const routes = resources(stack, 'azurerm_cdn_frontdoor_route').flatMap(({ values }) =>
    list(values.patterns_to_match).map(
      (pattern) => [text(pattern), values.cdn_frontdoor_origin_group_id] as const,
    ),
  )
  const group = named(stack, longest<unknown>(path, routes))
  if (group === undefined) return []
  const origins = resources(stack, 'azurerm_cdn_frontdoor_origin').filter(
    (one) => named(stack, one.values.cdn_frontdoor_origin_group_id)?.address === group.address,
  )
  return origins.flatMap((origin) => sitesOf(stack, origin))
}

/** An origin names its app by an expression, or by the host that the app's name makes. */
const sitesOf = (stack: Stack, origin: Parameters<typeof mentions>[0]): readonly string[] =>
  resources(stack, 'azapi_resource')
    .filter(({ values }) => text(values.type).startsWith('Microsoft.Web/sites@'))
    .filter(
      (site) =>
        mentions(origin, site) ||
        evaluated(stack, origin.values.host_name).split('.')[0] === site.values.name,
    )
    .map(({ address }) => address)
