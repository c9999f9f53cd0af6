import type { Metric } from './alarms-metric.ts'
import type { DeployedLambda } from './functions.ts'

/**
 * Runs that failed to their last try. What runs each minute fails often enough for the sum of all errors; the three errors
 * of what runs once a day are over before a second period begins.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#async-invocation-metrics
 */
export const failedRuns = (lambdas: readonly DeployedLambda[]): readonly Metric[] =>
  lambdas.filter(isRare).map(({ lambda }) => ({
    ...{ namespace: 'AWS/Lambda', metricName: 'AsyncEventsDropped' },
    dimensions: { FunctionName: lambda.functionName },
  }))

const isRare = ({ fn: { trigger } }: DeployedLambda): boolean =>
  'every' in trigger && trigger.every !== '1 minute'
