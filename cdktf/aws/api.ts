import { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js'
import { Apigatewayv2Integration } from '@cdktf/provider-aws/lib/apigatewayv2-integration/index.js'
import { Apigatewayv2Route } from '@cdktf/provider-aws/lib/apigatewayv2-route/index.js'
import { LambdaPermission } from '@cdktf/provider-aws/lib/lambda-permission/index.js'
import { Fn } from 'cdktf'
import { FALLBACK_API, routedApis } from '../shared/routes.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { openStage } from './api-stage.ts'
import type { DeployedLambda } from './functions.ts'

export interface HttpApi {
  readonly id: string
  /** Where the CDN finds it. */
  readonly host: string
}

/** The longest that an HTTP API waits. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const WAITS_MS = 30_000

/** One gateway for all APIs: a path's first segments choose the function, and what they do not know the fallback answers. */
export function makeApi(stack: SkyreelStack, lambdas: readonly DeployedLambda[]): HttpApi {
  const api = new Apigatewayv2Api(stack, 'api', { name: stack.place.prefix, protocolType: 'HTTP' })
  openStage(stack, api)
  const apis = routedApis(stack.plan)
  for (const { name, prefixes } of apis) {
    const lambda = lambdas.find(({ fn }) => fn.name === name)
    if (lambda === undefined) throw new Error(`${name} has routes and no function`)
    const integration = integrate(stack, api, lambda)
    const keys = prefixes.flatMap((prefix) => [`ANY ${prefix}`, `ANY ${prefix}/{proxy+}`])
    route(stack, { api, integration, keys: name === FALLBACK_API ? [...keys, '$default'] : keys })
  }
  return { id: api.id, host: Fn.replace(api.apiEndpoint, 'https://', '') }
}

/** The version that serves, whichever it is; only this gateway may call it so. */
function integrate(
  stack: SkyreelStack,
  api: Apigatewayv2Api,
  { fn, lambda, alias }: DeployedLambda,
): Apigatewayv2Integration {
  new LambdaPermission(stack, `api-calls-${fn.name}`, {
    ...{ action: 'lambda:InvokeFunction', principal: 'apigateway.amazonaws.com' },
    ...{ functionName: lambda.functionName, qualifier: alias.name },
    sourceArn: `${api.executionArn}/*`,
  })
  return new Apigatewayv2Integration(stack, `api-${fn.name}`, {
    ...{ apiId: api.id, integrationType: 'AWS_PROXY', integrationMethod: 'POST' },
    ...{ integrationUri: alias.invokeArn, payloadFormatVersion: '2.0', timeoutMilliseconds: WAITS_MS },
  })
}

function route(
  stack: SkyreelStack,
  to: { api: Apigatewayv2Api; integration: Apigatewayv2Integration; keys: readonly string[] },
): void {
  const target = `integrations/${to.integration.id}`
  for (const routeKey of to.keys)
    new Apigatewayv2Route(stack, `route-${idOf(routeKey)}`, { apiId: to.api.id, routeKey, target })
}

/** `ANY /v1/videos/{proxy+}` is `v1-videos-below`. */
const idOf = (routeKey: string): string =>
  routeKey
    .replace('/{proxy+}', '/below')
    .replace(/^ANY \/|\$/, '')
    .replaceAll(/[^a-z0-9]+/gi, '-')
    .replace(/^-/, '')
