import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter/index.js'
import { OWN_LETTER } from '../shared/own-letter.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
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
