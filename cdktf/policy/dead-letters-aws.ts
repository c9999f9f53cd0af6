import { deadLetterQueues } from './dead-letter-queues.ts'
import { deployed } from './deployed.ts'
import { evaluated } from './evaluate.ts'
import {
  blocks,
  inner,
  list,
  named,
  type Resource,
  type Rule,
  resources,
  type Stack,
  text,
  unless,
} from './stack.ts'

/** On AWS, what cannot be handled is kept, and somebody is told. */
export const DEAD_LETTERS_AWS: readonly Rule[] = [
  {
    name: 'every consumer has a queue, and the queue an end for what cannot be settled',
    on: ['aws'],
    find: (stack) =>
      consumers(stack).flatMap(({ address, values }) => {
        const mapping = resources(stack, 'aws_lambda_event_source_mapping').find(
          ({ values: { function_name } }) =>
            evaluated(stack, function_name).includes(`:function:${text(values.function_name)}`),
        )
        const queue = named(stack, mapping?.values.event_source_arn)
        if (queue?.type !== 'aws_sqs_queue') return [{ address, says: 'has no queue' }]
        return deadLettersOf(stack, queue) === undefined
          ? [{ address: queue.address, says: 'has no end for what cannot be settled' }]
          : []
      }),
  },
  {
    name: 'every rule and every schedule keeps what it could not hand over',
    on: ['aws'],
    find: (stack) => [
      ...unless(
        toQueues(stack),
        ({ values }) => named(stack, inner(values, 'dead_letter_config').arn) !== undefined,
        'loses what it could not hand over',
      ),
      ...unless(
        resources(stack, 'aws_scheduler_schedule'),
        ({ values }) => named(stack, inner(values, 'target', 'dead_letter_config').arn) !== undefined,
        'loses what it could not hand over',
      ),
    ],
  },
  {
    name: 'an alarm watches every queue of dead letters',
    on: ['aws'],
    find: (stack) =>
      unless(
        deadLetterQueues(stack),
        (queue) =>
          resources(stack, 'aws_cloudwatch_metric_alarm').some(
            (alarm) => list(alarm.values.alarm_actions).length > 0 && watches(stack, alarm, queue),
          ),
        'is watched by no alarm that tells somebody',
      ),
  },
]

const consumers = (stack: Stack): readonly Resource[] =>
  deployed(stack)
    .filter(({ fn: { kind } }) => kind === 'on')
    .map(({ resource }) => resource)

/** Targets that are queues; a log takes what it gets. */
const toQueues = (stack: Stack): readonly Resource[] =>
  resources(stack, 'aws_cloudwatch_event_target').filter(
    ({ values }) => named(stack, values.arn)?.type === 'aws_sqs_queue',
  )

const deadLettersOf = (stack: Stack, { values }: Resource): Resource | undefined =>
  named(stack, values.redrive_policy)

/** Dead letters are counted by this metric alone: what is in flight is being looked at. */
const watches = (stack: Stack, { values }: Resource, queue: Resource): boolean =>
  [values, ...blocks(values, 'metric_query').flatMap((query) => blocks(query, 'metric'))].some(
    (metric) =>
      metric.metric_name === 'ApproximateNumberOfMessagesVisible' &&
      evaluated(stack, inner(metric, 'dimensions').QueueName) === queue.values.name,
  )
