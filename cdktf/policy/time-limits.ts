import { deployed } from './deployed.ts'
import { evaluated } from './evaluate.ts'
import {
  type Finding,
  inner,
  list,
  mentions,
  named,
  number,
  type Rule,
  resources,
  type Stack,
  text,
  unless,
} from './stack.ts'

/** A function ends by its own answer, not by the platform's hand; and a message is not given to another while one still works on it. */
export const TIME_LIMIT_RULES: readonly Rule[] = [
  {
    name: 'the platform gives each function and job at least its own time',
    on: ['aws', 'gcp', 'azure'],
    find: (stack) =>
      deployed(stack)
        .filter(({ fn, timeoutSeconds }) => !(timeoutSeconds >= fn.timeoutSeconds))
        .map(({ resource: { address }, timeoutSeconds, fn }) => ({
          address,
          says: `is ended after ${timeoutSeconds} s and needs ${fn.timeoutSeconds} s`,
        })),
  },
  {
    name: 'a message stays hidden for six times what its consumer may take',
    on: ['aws'],
    find: (stack) =>
      mappings(stack).flatMap(({ queue, lambda }) => {
        const least = 6 * number(lambda?.values.timeout)
        const hidden = number(queue?.values.visibility_timeout_seconds)
        return hidden >= least
          ? []
          : [
              {
                address: queue?.address ?? 'aws_sqs_queue',
                says: `is hidden for ${hidden} s, not for ${least} s`,
              },
            ]
      }),
  },
  {
    name: 'of a batch only what failed comes again',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_lambda_event_source_mapping'),
        ({ values }) => list(values.function_response_types).includes('ReportBatchItemFailures'),
        'would bring a whole batch again',
      ),
  },
  {
    name: 'the gateway waits as long as a function may take, as far as it can',
    on: ['aws'],
    find: (stack) =>
      unless(
        resources(stack, 'aws_apigatewayv2_integration'),
        (one) =>
          deployed(stack).every(
            ({ fn, resource }) =>
              !uses(stack, one.values.integration_uri, resource.address) ||
              number(one.values.timeout_milliseconds) >= fn.timeoutSeconds * 1000,
          ),
        'gives up before the function does',
      ),
  },
  {
    name: 'Pub/Sub waits for an answer as long as a consumer may take',
    on: ['gcp'],
    find: (stack) =>
      deployed(stack).flatMap(({ fn, resource }) =>
        resources(stack, 'google_pubsub_subscription')
          .filter(({ values }) => mentions({ ...resource, values: inner(values, 'push_config') }, resource))
          .flatMap(({ address, values }) =>
            within(address, number(values.ack_deadline_seconds), { least: fn.timeoutSeconds, most: 600 }),
          ),
      ),
  },
  {
    name: 'Cloud Scheduler waits for an answer as long as a function may take',
    on: ['gcp'],
    find: (stack) =>
      deployed(stack).flatMap(({ fn, resource }) =>
        resources(stack, 'google_cloud_scheduler_job')
          .filter((job) => mentions(job, resource))
          .flatMap(({ address, values }) =>
            within(address, Number(text(values.attempt_deadline).replace('s', '')), {
              least: fn.timeoutSeconds,
              most: 1800,
            }),
          ),
      ),
  },
]

const within = (
  address: string,
  seconds: number,
  { least, most }: { least: number; most: number },
): readonly Finding[] =>
  seconds >= least && seconds <= most
    ? []
    : [{ address, says: `waits ${seconds} s, not ${least} to ${most} s` }]

const mappings = (stack: Stack) =>
  resources(stack, 'aws_lambda_event_source_mapping').map(({ values }) => ({
    queue: named(stack, values.event_source_arn),
    lambda: resources(stack, 'aws_lambda_function').find(({ address }) =>
      uses(stack, values.function_name, address),
    ),
  }))

/** Whether an expression is of a function, or of an alias of it. */
function uses(stack: Stack, expression: unknown, address: string): boolean {
  const target = named(stack, expression)
  if (target?.address === address) return true
  return target?.type === 'aws_lambda_alias' && evaluatedName(stack, target.values.function_name) === address
}

const evaluatedName = (stack: Stack, expression: unknown): string | undefined =>
  named(stack, expression)?.address ??
  resources(stack, 'aws_lambda_function').find(
    ({ values }) => values.function_name === evaluated(stack, expression),
  )?.address
