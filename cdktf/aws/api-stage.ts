import type { Apigatewayv2Api } from '@cdktf/provider-aws/lib/apigatewayv2-api/index.js'
import { Apigatewayv2Stage } from '@cdktf/provider-aws/lib/apigatewayv2-stage/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** What the gateway alone knows of a request: those that it refused, and how long it waited. No query, which may hold a signature. */
const TOLD = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  milliseconds: '$context.responseLatency',
  functionMilliseconds: '$context.integrationLatency',
  error: '$context.error.message',
  functionError: '$context.integrationErrorMessage',
}

/** The one stage, without a name in the path. Whatever changes is served at once: releases are the aliases' business. */
export function openStage(stack: SkyreelStack, api: Apigatewayv2Api): void {
  const log = new CloudwatchLogGroup(stack, 'log-api', {
    // Names that begin so need no entry of their own in the account's one policy for logs, which is short.
    name: `/aws/vendedlogs/${stack.place.prefix}-api`,
    retentionInDays: stack.place.environment.retention.logDays,
  })
  new Apigatewayv2Stage(stack, 'api-stage', {
    ...{ apiId: api.id, name: '$default', autoDeploy: true },
    accessLogSettings: { destinationArn: log.arn, format: JSON.stringify(TOLD) },
  })
}
