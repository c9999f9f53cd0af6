import { deadLetterQueues } from './dead-letter-queues.ts'
import { evaluated } from './evaluate.ts'
import { blocks, inner, mentions, type Resource, type Rule, resources, type Stack, unless } from './stack.ts'

const DAY = 86_400

/** Everything that grows by itself on AWS ends by itself, after the days that the config says. */
export const RETENTION_AWS: readonly Rule[] = [
  {
    name: 'every log is kept as long as the config says',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_cloudwatch_log_group'),
        ({ values }) => values.retention_in_days === logDays(stack),
        'is kept for another time',
      ),
  },
  {
    name: 'every function logs to a group of the stack',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_lambda_function'),
        (fn) =>
          resources(stack, 'aws_cloudwatch_log_group').some(
            ({ values }) => evaluated(stack, inner(fn.values, 'logging_config').log_group) === values.name,
          ),
        'logs to a group that nobody gave an end',
      ),
  },
  {
    name: 'every bucket forgets unfinished uploads',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_s3_bucket'),
        forgetsOnAws(stack),
        'keeps parts of unfinished uploads for ever',
      ),
  },
  {
    name: 'dead letters are kept as long as the config says',
    on: ['aws'],
    find: (stack) =>
      unless(
        deadLetterQueues(stack),
        ({ values }) =>
          values.message_retention_seconds === stack.place.environment.retention.deadLetterDays * DAY,
        'keeps dead letters for another time',
      ),
  },
  {
    name: 'old images are removed',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_ecr_repository'),
        (repository) => resources(stack, 'aws_ecr_lifecycle_policy').some((one) => mentions(one, repository)),
        'keeps every image for ever',
      ),
  },
]

const logDays = ({ place }: Stack): number => place.environment.retention.logDays

const forgetsOnAws = (stack: Stack) => (bucket: Resource) =>
  resources(stack, 'aws_s3_bucket_lifecycle_configuration').some(
    (one) =>
      mentions(one, bucket) &&
      blocks(one.values, 'rule').some(
        (rule) => rule.status === 'Enabled' && blocks(rule, 'abort_incomplete_multipart_upload').length > 0,
      ),
  )
