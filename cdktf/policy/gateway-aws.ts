import { evaluated } from './evaluate.ts'
import { longest, matched } from './gateway-pattern.ts'
import { blocks, named, resources, type Stack, text } from './stack.ts'

/** First CloudFront, whose behaviours are tried in their order, then API Gateway, where the longest route wins. */
export function routed(stack: Stack, path: string): readonly string[] {
  const [distribution] = resources(stack, 'aws_cloudfront_distribution')
  if (distribution === undefined) return []
  const behaviour = blocks(distribution.values, 'ordered_cache_behavior').find(
    ({ path_pattern: pattern }) => matched(text(pattern), path) >= 0,
  )
  const [fallback] = blocks(distribution.values, 'default_cache_behavior')
  const target = text((behaviour ?? fallback)?.target_origin_id)
  if (!leadsToApi(distribution.values, target)) return []
  return lambdasOf(stack, longest(path, routes(stack)))
}

/** An origin group that asks its second where the first knows nothing does not count: a POST gets no second. */
const leadsToApi = (distribution: Parameters<typeof blocks>[0], target: string): boolean =>
  blocks(distribution, 'origin').some(
    ({ origin_id: id, domain_name: domain }) => id === target && text(domain).includes('aws_apigatewayv2_'),
  )

const routes = (stack: Stack): readonly (readonly [string, unknown])[] =>
  resources(stack, 'aws_apigatewayv2_route').map(({ values }) => [
    patternOf(text(values.route_key)),
    values.target,
  ])

const patternOf = (key: string): string =>
  key === '$default' ? '/*' : key.replace(/^\S+ /, '').replace(/\{\w+\+\}$/, '*')

function lambdasOf(stack: Stack, target: unknown): readonly string[] {
  const integration = named(stack, target)
  const alias = named(stack, integration?.values.integration_uri)
  const name = evaluated(stack, alias?.values.function_name)
  return resources(stack, 'aws_lambda_function')
    .filter(({ values }) => values.function_name === name)
    .map(({ address }) => address)
}
