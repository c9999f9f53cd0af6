import { longest } from './gateway-pattern.ts'
import { blocks, inner, list, named, resources, type Stack, text, type Values } from './stack.ts'

/** The load balancer takes the longest path of the rules of its map, else the default of the matcher. */
export function routed(stack: Stack, path: string): readonly string[] {
  const matcher = resources(stack, 'google_compute_url_map').flatMap(({ values }) =>
    blocks(values, 'path_matcher'),
  )[0]
  if (matcher === undefined) return []
  const rules = blocks(matcher, 'path_rule').flatMap((rule) =>
    list(rule.paths).map((one) => [text(one), rule.service] as const),
  )
  return servicesOf(stack, longest<unknown>(path, rules) ?? matcher.default_service)
}

function servicesOf(stack: Stack, target: unknown): readonly string[] {
  const backend = named(stack, target)?.values ?? {}
  return blocks(backend, 'backend').flatMap(({ group }) => {
    const service = serviceIn(named(stack, group)?.values ?? {})
    return named(stack, service)?.address ?? []
  })
}

const serviceIn = (group: Values): unknown => inner(group, 'cloud_run').service
