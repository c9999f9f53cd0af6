import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { graph, type Line, rowsOf } from './dashboard-graph.ts'
import type { DeployedLambda } from './functions.ts'
import { EDGE_REGION } from './stack-provider.ts'

export interface DashboardOptions {
  readonly apiId: string
  readonly distributionId: string
  readonly lambdas: readonly DeployedLambda[]
  /** Names of the queues, and of those with dead letters. */
  readonly queues: readonly string[]
  readonly deadLetters: readonly string[]
}

/** One page that says how things are; three of an account are free. */
export function makeDashboard(stack: SkyreelStack, options: DashboardOptions): void {
  const { prefix, environment } = stack.place
  const { region } = environment.aws
  const graphs = [...edgeAndApi(options, region), ...functions(options, region), ...queues(options, region)]
  new CloudwatchDashboard(stack, 'dashboard', {
    dashboardName: prefix,
    dashboardBody: JSON.stringify({ widgets: rowsOf(graphs) }),
  })
}

function edgeAndApi({ apiId, distributionId }: DashboardOptions, region: string) {
  const edge = (metric: string): Line => [
    ...(['AWS/CloudFront', metric, 'DistributionId', distributionId, 'Region', 'Global'] as const),
  ]
  const api = (metric: string, stat: string): Line => ['AWS/ApiGateway', metric, 'ApiId', apiId, { stat }]
  return [
    graph('CDN: requests and bytes', EDGE_REGION, [edge('Requests'), edge('BytesDownloaded')]),
    graph('CDN: share of errors', EDGE_REGION, [edge('4xxErrorRate'), edge('5xxErrorRate')], 'Average'),
    graph('API: requests and errors', region, [api('Count', 'Sum'), api('4xx', 'Sum'), api('5xx', 'Sum')]),
    graph('API: milliseconds', region, [api('Latency', 'p50'), api('Latency', 'p95'), api('Latency', 'p99')]),
  ]
}

function functions({ lambdas }: DashboardOptions, region: string) {
  const each = (metric: string) =>
    lambdas.map(({ lambda }): Line => ['AWS/Lambda', metric, 'FunctionName', lambda.functionName])
  return [
    graph('Functions: calls', region, each('Invocations')),
    graph('Functions: errors', region, each('Errors')),
    graph('Functions: milliseconds, p95', region, each('Duration'), 'p95'),
    graph('Functions: throttled', region, each('Throttles')),
  ]
}

function queues({ queues: names, deadLetters }: DashboardOptions, region: string) {
  const of = (queue: string, metric: string): Line => ['AWS/SQS', metric, 'QueueName', queue]
  const age = names.map((name) => of(name, 'ApproximateAgeOfOldestMessage'))
  const dead = deadLetters.map((name) => of(name, 'ApproximateNumberOfMessagesVisible'))
  const sent = names.map((name) => of(name, 'NumberOfMessagesSent'))
  return [
    graph('Queues: messages', region, sent),
    graph('Queues: age of the oldest, seconds', region, age, 'Maximum'),
    graph('Dead letters', region, dead, 'Maximum'),
  ]
}
