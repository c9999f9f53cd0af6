import type { CloudfrontDistribution } from '@cdktf/provider-aws/lib/cloudfront-distribution/index.js'
import type { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { countFailedJobs } from './alarms-jobs.ts'
import { countOwnLetters, countWebhookTrouble } from './alarms-letters.ts'
import { type Alarmed, alarm, type Metric } from './alarms-metric.ts'
import { failedRuns } from './alarms-schedules.ts'
import { makeTopic } from './alarms-topic.ts'
import type { HttpApi } from './api.ts'
import type { DeployedLambda } from './functions.ts'
import type { ContainerJobs } from './jobs.ts'
import type { ConsumerQueue } from './queues.ts'

export interface AlarmsOptions {
  readonly edge: AwsProvider
  readonly api: HttpApi
  readonly cdn: CloudfrontDistribution
  readonly jobs: ContainerJobs
  readonly lambdas: readonly DeployedLambda[]
  readonly consumers: readonly ConsumerQueue[]
  readonly scheduleDeadLetters: SqsQueue
}

/** What wakes a person. Ten alarm metrics of an account are free and each further one is 0.10 USD a month, so they are few. */
export function makeAlarms(stack: SkyreelStack, options: AlarmsOptions): void {
  const home = makeTopic(stack, 'alarms')
  const tell = (id: string, wish: Omit<Alarmed, 'topicArn'>) => alarm(stack, id, { topicArn: home, ...wish })
  alarmOnQueues(tell, options)
  alarmOnFunctions(tell, options.api)
  alarmOnLost(tell, stack, options.lambdas)
  const failed = countFailedJobs(stack, options.jobs)
  tell('failed-jobs', {
    says: 'Container jobs failed; the reasons are in the log group /aws/events/...-failed-jobs and in that of the jobs.',
    ...{ metrics: [failed], stat: 'Sum', from: 1, periods: 1 },
  })
  alarmOnEdge(stack, options)
}

type Tell = (id: string, wish: Omit<Alarmed, 'topicArn'>) => void

function alarmOnQueues(tell: Tell, { consumers, scheduleDeadLetters }: AlarmsOptions): void {
  const letters = [...consumers.map(({ deadLetters }) => deadLetters), scheduleDeadLetters]
  inTens(
    letters.map((queue) => ofQueue(queue, 'ApproximateNumberOfMessagesVisible')),
    (metrics, nth) =>
      tell(`dead-letters${nth}`, {
        says: 'Messages that no consumer could settle, or schedules that could not start, wait in a dead-letter queue.',
        ...{ metrics, stat: 'Maximum', from: 1, periods: 1 },
      }),
  )
  const ages = consumers.map(({ queue }) => ofQueue(queue, 'ApproximateAgeOfOldestMessage'))
  inTens(ages, (metrics, nth) =>
    tell(`old-messages${nth}`, {
      says: 'The oldest message of a queue has waited for half an hour: its consumer fails or is too slow.',
      ...{ metrics, stat: 'Maximum', from: 1800, periods: 3 },
    }),
  )
}

const ofQueue = ({ name }: SqsQueue, metricName: string): Metric => ({
  ...{ namespace: 'AWS/SQS', metricName, dimensions: { QueueName: name } },
})

/** As many alarms as it takes, the first without a number. */
function inTens(metrics: readonly Metric[], make: (ten: readonly Metric[], nth: string) => void): void {
  for (let i = 0; i < metrics.length; i += 10) make(metrics.slice(i, i + 10), i === 0 ? '' : `-${i / 10 + 1}`)
}

/** Lambda's sums over all functions: an environment has an account of its own, and a metric for each would cost more. */
function alarmOnFunctions(tell: Tell, { id }: HttpApi): void {
  const all = (metricName: string): Metric => ({ namespace: 'AWS/Lambda', metricName, dimensions: {} })
  tell('function-errors', {
    says: 'Functions of this account threw, ran out of time or memory.',
    ...{ metrics: [all('Errors')], stat: 'Sum', from: 3, periods: 2 },
  })
  tell('function-throttles', {
    says: 'Functions of this account were not started for want of concurrency.',
    ...{ metrics: [all('Throttles')], stat: 'Sum', from: 20, periods: 3 },
  })
  const failed: Metric = { namespace: 'AWS/ApiGateway', metricName: '5xx', dimensions: { ApiId: id } }
  tell('api-5xx', {
    says: 'The API answered with 5xx.',
    ...{ metrics: [failed], stat: 'Sum', from: 5, periods: 2 },
  })
}

/** What has ended for good, and for Lambda without an error or with too few of them. */
function alarmOnLost(tell: Tell, stack: SkyreelStack, lambdas: readonly DeployedLambda[]): void {
  tell('own-letters', {
    says: 'A function gave up an event, which waits in the database: npm run dead-letters shows it.',
    ...{ metrics: [countOwnLetters(stack, lambdas)], stat: 'Sum', from: 1, periods: 1 },
  })
  tell('webhooks', {
    says: 'Webhooks of a payment provider are dead or put aside, or none came for a day: npm run billing -- dead.',
    ...{ metrics: [countWebhookTrouble(stack, lambdas)], stat: 'Sum', from: 1, periods: 1 },
  })
  inTens(failedRuns(lambdas), (metrics, nth) =>
    tell(`failed-runs${nth}`, {
      says: 'A schedule that runs less often than each minute failed at its last try, too; its next run is far off.',
      ...{ metrics, stat: 'Sum', from: 1, periods: 1 },
    }),
  )
}

/** CloudFront's metrics are in another region, and an alarm must be where its metric is. */
function alarmOnEdge(stack: SkyreelStack, { edge, cdn }: AlarmsOptions): void {
  const dimensions = { DistributionId: cdn.id, Region: 'Global' }
  alarm(stack, 'edge-5xx', {
    says: 'More than one in twenty answers of the CDN was 5xx.',
    metrics: [{ namespace: 'AWS/CloudFront', metricName: '5xxErrorRate', dimensions }],
    ...{
      stat: 'Average',
      from: 5,
      periods: 3,
      provider: edge,
      topicArn: makeTopic(stack, 'alarms-edge', edge),
    },
  })
}
