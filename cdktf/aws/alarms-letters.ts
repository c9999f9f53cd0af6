import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js'
import { OWN_LETTER } from '../shared/own-letter.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { WEBHOOK_SWEEP, WEBHOOK_TROUBLE } from '../shared/webhook-trouble.ts'
import type { Metric } from './alarms-metric.ts'
import type { DeployedLambda } from './functions.ts'

/**
 * Counts the events that our code has given up: their queue has settled them, and Lambda saw no error. No API takes
 * events. One metric for all functions, which costs 0.30 USD in a month in which there are any, and nothing in one without.
 */
export function countOwnLetters(stack: SkyreelStack, lambdas: readonly DeployedLambda[]): Metric {
  const metric = { namespace: stack.place.prefix, metricName: 'DeadLetters' }
  for (const { fn, lambda } of lambdas.filter(({ fn }) => fn.kind !== 'http'))
    new CloudwatchLogMetricFilter(stack, `own-letters-${fn.name}`, {
      name: 'own-letters',
      logGroupName: lambda.loggingConfig.logGroup,
      pattern: `{ $.message = "*${OWN_LETTER}" }`,
      metricTransformation: { namespace: metric.namespace, name: metric.metricName, value: '1' },
    })
  return { ...metric, dimensions: {} }
}

/** Counts what the sweep of webhooks tells a person. */
export function countWebhookTrouble(stack: SkyreelStack, lambdas: readonly DeployedLambda[]): Metric {
  const metric = { namespace: stack.place.prefix, metricName: 'WebhookTrouble' }
  for (const { lambda } of lambdas.filter(({ fn }) => fn.name === WEBHOOK_SWEEP))
    new CloudwatchLogMetricFilter(stack, 'webhook-trouble', {
      name: 'webhook-trouble',
      logGroupName: lambda.loggingConfig.logGroup,
      pattern: `{ ${WEBHOOK_TROUBLE.map((words) => `($.message = "${words}*")`).join(' || ')} }`,
      metricTransformation: { namespace: metric.namespace, name: metric.metricName, value: '1' },
    })
  return { ...metric, dimensions: {} }
}
