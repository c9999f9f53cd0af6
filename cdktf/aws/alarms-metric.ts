import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm/index.js'
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'

/** One metric of CloudWatch. */
export interface Metric {
  readonly namespace: string
  readonly metricName: string
  readonly dimensions: Record<string, string>
}

export interface Alarmed {
  readonly says: string
  readonly metrics: readonly Metric[]
  readonly stat: 'Sum' | 'Maximum' | 'Average'
  /** It is told from this value on. */
  readonly from: number
  readonly periods: number
  readonly topicArn: string
  readonly provider?: AwsProvider
}

const PERIOD_SECONDS = 300

/**
 * An alarm on one metric, or on several as one: each costs the same, but there is one message to read. Told when it begins
 * and when it ends. Metrics of what did not happen are missing, so no data is a good sign.
 */
export function alarm(stack: SkyreelStack, id: string, wish: Alarmed): void {
  const { says, from, periods, topicArn, provider } = wish
  new CloudwatchMetricAlarm(stack, `alarm-${id}`, {
    ...{ alarmName: `${stack.place.prefix}-${id}`, alarmDescription: says },
    ...{ comparisonOperator: 'GreaterThanOrEqualToThreshold', threshold: from, evaluationPeriods: periods },
    ...{ treatMissingData: 'notBreaching', alarmActions: [topicArn], okActions: [topicArn] },
    ...(provider === undefined ? {} : { provider }),
    ...watched(wish),
  })
}

/** An expression takes ten metrics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-limits.html */
const MOST_METRICS = 10

function watched({ metrics, stat }: Alarmed) {
  const [only, ...others] = metrics
  if (only === undefined || metrics.length > MOST_METRICS)
    throw new Error(`an alarm watches 1 to ${MOST_METRICS} metrics, not ${metrics.length}`)
  if (others.length === 0) return { ...only, period: PERIOD_SECONDS, statistic: stat }
  const parts = metrics.map((metric, i) => ({
    ...{ id: `m${i}`, metric: { ...metric, period: PERIOD_SECONDS, stat }, returnData: false },
  }))
  const filled = parts.map(({ id }) => `FILL(${id},0)`).join(',')
  const expression = `${stat === 'Maximum' ? 'MAX' : 'SUM'}([${filled}])`
  return { metricQuery: [...parts, { id: 'all', expression, label: 'all', returnData: true }] }
}
