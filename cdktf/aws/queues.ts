import { SqsQueue } from '@cdktf/provider-aws/lib/sqs-queue/index.js'
import { SqsQueueRedriveAllowPolicy } from '@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy/index.js'
import { nameFor } from '../shared/names.ts'
import type { PlannedFunction, Trigger } from '../shared/plan.ts'
import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { platformSeconds } from './functions-settings.ts'

/** The queue before one consumer, and where its messages end that it could not settle. */
export interface ConsumerQueue {
  readonly name: string
  readonly fn: PlannedFunction
  readonly trigger: EventTrigger
  readonly queue: SqsQueue
  readonly deadLetters: SqsQueue
  /** ARNs of the rules that may write to both. */
  readonly fedBy: string[]
}
export type EventTrigger = Extract<Trigger, { readonly event: string }> & {
  readonly bucket?: 'uploads' | 'media'
}

const DAY = 86_400

/** A queue and its dead letters for each function that reacts to events. */
export const makeQueues = (stack: SkyreelStack): ConsumerQueue[] =>
  stack.plan.flatMap((fn) =>
    'event' in fn.trigger ? [makeQueue(stack, fn, fn.trigger as EventTrigger)] : [],
  )

function makeQueue(stack: SkyreelStack, fn: PlannedFunction, trigger: EventTrigger): ConsumerQueue {
  const { name } = fn
  const deadLetters = makeDeadLetters(stack, name)
  const queue = new SqsQueue(stack, `queue-${name}`, {
    name: nameFor(stack.place, 'sqsQueue', name),
    visibilityTimeoutSeconds: 6 * platformSeconds(fn),
    messageRetentionSeconds: waitsSeconds(stack),
    sqsManagedSseEnabled: true,
    redrivePolicy: JSON.stringify({
      deadLetterTargetArn: deadLetters.arn,
      maxReceiveCount: receives(trigger.attempts),
    }),
  })
  const redriveAllowPolicy = JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [queue.arn] })
  new SqsQueueRedriveAllowPolicy(stack, `redrive-${name}`, { queueUrl: deadLetters.id, redriveAllowPolicy })
  return { name, fn, trigger, queue, deadLetters, fedBy: [] }
}

/** Where messages of a consumer, or runs of schedules, wait for a person. */
export const makeDeadLetters = (stack: SkyreelStack, name: string): SqsQueue =>
  new SqsQueue(stack, `dead-letters-${name}`, {
    name: nameFor(stack.place, 'sqsQueue', `${name}-dead-letters`),
    messageRetentionSeconds: stack.place.environment.retention.deadLetterDays * DAY,
    sqsManagedSseEnabled: true,
  })

/**
 * Our code counts attempts, and writes the dead letter to the database itself. SQS counts receptions, those of a throttled
 * or crashed function among them: it must give up long after us, and only on what never reaches our code.
 */
const receives = (attempts: number): number => Math.max(20, 4 * attempts)

/** SQS counts a dead letter's age from when it was first sent: it must have days left when it gets there. */
const waitsSeconds = ({ place }: SkyreelStack): number =>
  Math.min(4, place.environment.retention.deadLetterDays / 2) * DAY
