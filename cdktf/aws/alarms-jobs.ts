import { CloudwatchEventRule } from '@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js'
import { CloudwatchEventTarget } from '@cdktf/provider-aws/lib/cloudwatch-event-target/index.js'
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group/index.js'
import { CloudwatchLogResourcePolicy } from '@cdktf/provider-aws/lib/cloudwatch-log-resource-policy/index.js'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { Metric } from './alarms-metric.ts'
import type { ContainerJobs } from './jobs.ts'
import { policyOf } from './permissions-identity.ts'

/**
 * Counts tasks that failed or could not be started, and keeps what ECS says of them; after an hour it would not know any
 * more. Tasks that we stopped, or that Spot took back, did not fail.
 */
export function countFailedJobs(stack: SkyreelStack, { clusterArn }: ContainerJobs): Metric {
  const name = `${stack.place.prefix}-failed-jobs`
  const rule = new CloudwatchEventRule(stack, 'failed-jobs', { name, eventPattern: failedIn(clusterArn) })
  const log = new CloudwatchLogGroup(stack, 'log-failed-jobs', {
    // EventBridge writes to groups that begin so.
    name: `/aws/events/${name}`,
    retentionInDays: stack.place.environment.retention.logDays,
  })
  new CloudwatchEventTarget(stack, 'failed-jobs-log', { rule: rule.name, arn: log.arn, targetId: 'log' })
  letEventsWrite(stack, log.arn)
  return { namespace: 'AWS/Events', metricName: 'TriggeredRules', dimensions: { RuleName: rule.name } }
}

const failedIn = (clusterArn: string): string =>
  JSON.stringify({
    source: ['aws.ecs'],
    'detail-type': ['ECS Task State Change'],
    detail: {
      clusterArn: [clusterArn],
      lastStatus: ['STOPPED'],
      $or: [
        { stopCode: ['EssentialContainerExited'], containers: { exitCode: [{ 'anything-but': [0] }] } },
        { stopCode: ['TaskFailedToStart'] },
      ],
    },
  })

function letEventsWrite(stack: SkyreelStack, logArn: string): void {
  const statement = {
    Sid: 'EventsWrite',
    Effect: 'Allow' as const,
    Principal: { Service: ['events.amazonaws.com', 'delivery.logs.amazonaws.com'] },
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: [`${logArn}:*`],
  }
  new CloudwatchLogResourcePolicy(stack, 'failed-jobs-log-policy', {
    policyName: `${stack.place.prefix}-failed-jobs`,
    policyDocument: policyOf([statement]),
  })
}
