import { deployed } from './deployed.ts'
import { routed as routedOnAws } from './gateway-aws.ts'
import { routed as routedOnAzure } from './gateway-azure.ts'
import { routed as routedOnGoogle } from './gateway-gcp.ts'
import type { Finding, Rule, Stack } from './stack.ts'

/** Addresses of the resources that a path leads to, by the gateway's own order of precedence. */
export type Routed = (stack: Stack, path: string) => readonly string[]

/** Whatever a manifest answers is asked of it. */
export const GATEWAY_RULES: readonly Rule[] = [
  rule('aws', routedOnAws),
  rule('gcp', routedOnGoogle),
  rule('azure', routedOnAzure),
]

function rule(cloud: 'aws' | 'gcp' | 'azure', routed: Routed): Rule {
  return {
    name: 'every route of every API leads to that API',
    on: [cloud],
    find: (stack) =>
      stack.plan.flatMap((fn) =>
        'http' in fn.trigger
          ? fn.trigger.http.flatMap((route) => misled(stack, { name: fn.name, route, routed }))
          : [],
      ),
  }
}

function misled(
  stack: Stack,
  { name, route, routed }: { name: string; route: string; routed: Routed },
): readonly Finding[] {
  const path = (route.split(' ')[1] ?? '').replace(/:\w+/g, 'x1')
  const right = deployed(stack)
    .filter(({ fn }) => fn.name === name)
    .map(({ resource }) => resource.address)
  const found = routed(stack, path)
  if (right.length > 0 && right.every((address) => found.includes(address)) && found.length === right.length)
    return []
  return [
    { address: name, says: `${route} leads to ${found.length === 0 ? 'no function' : found.join(', ')}` },
  ]
}
