import type { PlannedFunction } from './plan.ts'

/** Paths by which a gateway finds an API: `/v1/videos` stands for itself and for all below it. */
export interface RoutedApi {
  readonly name: string
  readonly prefixes: readonly string[]
}

/** The API that also answers what no route is for: with a problem+json of 404, not with the gateway's own words. */
export const FALLBACK_API = 'platform-api'

/**
 * The prefixes of each API: the literal beginning of its routes, at most two segments (`/v1/titles`). A gateway then needs
 * no change for a new method or a longer path; which of them exist, our router answers. Throws where two APIs claim one.
 */
export function routedApis(plan: readonly PlannedFunction[]): readonly RoutedApi[] {
  const apis = plan.flatMap((fn) =>
    'http' in fn.trigger ? [{ name: fn.name, prefixes: prefixesOf(fn.trigger.http) }] : [],
  )
  const owners = new Map<string, string>()
  for (const { name, prefixes } of apis)
    for (const prefix of prefixes) {
      const other = owners.get(prefix)
      if (other !== undefined)
        throw new Error(
          `${name} and ${other} both have routes under ${prefix}: a gateway can give it to one only`,
        )
      owners.set(prefix, name)
    }
  return apis
}

const prefixesOf = (routes: readonly string[]): string[] => [...new Set(routes.map(prefixOf))].sort()

function prefixOf(route: string): string {
  const path = route.slice(route.indexOf(' ') + 1)
  const literal = path.split('/').slice(1, 3)
  const end = literal.findIndex((segment) => segment.startsWith(':'))
  return `/${(end === -1 ? literal : literal.slice(0, end)).join('/')}`
}
