import { LambdaFunctionEventInvokeConfig } from '@cdktf/provider-aws/lib/lambda-function-event-invoke-config/index.js'
import { SchedulerSchedule } from '@cdktf/provider-aws/lib/scheduler-schedule/index.js'
import { SchedulerScheduleGroup } from '@cdktf/provider-aws/lib/scheduler-schedule-group/index.js'
import type { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js'
import type { CronFunction } from '../../core/run/function.ts'
import { awsRate } from '../../functions/entry/cron-forms.ts'
import { nameFor } from '../shared/names.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import type { DeployedLambda } from './functions.ts'
import { allow } from './permissions.ts'
import { makeIdentity, SCHEDULER } from './permissions-identity.ts'
import { makeDeadLetters } from './queues.ts'
import { closeQueue } from './queues-policies.ts'

interface Ground {
  readonly groupName: string
  readonly roleArn: string
  readonly deadLetters: SqsQueue
}

/** Starts each function of a schedule. Returns where runs go that could not even be handed over. */
export function makeSchedules(stack: SkyreelStack, lambdas: readonly DeployedLambda[]): SqsQueue {
  const timed = lambdas.filter(({ fn }) => 'every' in fn.trigger)
  const deadLetters = makeDeadLetters(stack, 'schedules')
  closeQueue(stack, { id: 'dead-letters-schedules-policy', queue: deadLetters, fedBy: [] })
  const group = new SchedulerScheduleGroup(stack, 'schedules', { name: stack.place.prefix })
  const ground = { deadLetters, groupName: group.name, roleArn: schedulersRole(stack, timed, deadLetters) }
  for (const lambda of timed) schedule(stack, lambda, ground)
  return deadLetters
}

/** It may call the functions of schedules and no other, by the version that serves. */
function schedulersRole(stack: SkyreelStack, timed: readonly DeployedLambda[], dead: SqsQueue): string {
  const calls = timed.map(({ alias }) => alias.arn)
  const statements = [
    ...allow('StartFunctions', ['lambda:InvokeFunction'], calls),
    ...allow('KeepWhatFailed', ['sqs:SendMessage'], [dead.arn]),
  ]
  return makeIdentity(stack, { short: 'schedules', service: SCHEDULER, statements }).role.arn
}

function schedule(stack: SkyreelStack, { fn, alias, lambda }: DeployedLambda, ground: Ground): void {
  const every = ('every' in fn.trigger ? fn.trigger.every : '') as CronFunction['every']
  const { groupName, roleArn, deadLetters } = ground
  new SchedulerSchedule(stack, `schedule-${fn.name}`, {
    ...{ name: nameFor(stack.place, 'schedule', fn.name), groupName, scheduleExpression: awsRate(every) },
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      ...{ arn: alias.arn, roleArn, deadLetterConfig: { arn: deadLetters.arn } },
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
    },
  })
  new LambdaFunctionEventInvokeConfig(stack, `schedule-tries-${fn.name}`, {
    ...{ functionName: lambda.functionName, qualifier: alias.name },
    ...triesOf(every),
  })
}

/**
 * Scheduler hands over and does not wait; Lambda then tries. After a minute the next run does the same work, so another try
 * would only add to it; of what runs once a day, the tries count. A run holds no event that could be lost: a failure is
 * told by the alarm on errors, not kept.
 */
const triesOf = (every: CronFunction['every']) =>
  /day/.test(every)
    ? { maximumRetryAttempts: 2, maximumEventAgeInSeconds: 21_600 }
    : { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 }
