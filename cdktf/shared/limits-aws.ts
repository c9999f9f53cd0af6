import { awsRate } from '../../functions/entry/cron-forms.ts'
import { ANSWER_SECONDS, type CloudLimits } from './limits-rules.ts'
import { routedApis } from './routes.ts'

const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html'
const HTTP_API = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html'
const SQS =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html'
const REDRIVE =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html'
const FARGATE = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html'
const EVENTS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html'

/** A queue hides a message for this many times the function's limit: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
export const VISIBILITY_FACTOR = 6
const MAX_VISIBILITY_SECONDS = 43_200
/** ANY prefix, and ANY prefix/{proxy+}. */
const ROUTES_PER_PREFIX = 2
const FALLBACK_ROUTES = 1
const GB = 1024

// Fargate has no time limit of its own for a task: a job's timeoutMinutes is kept by the container.
export const AWS_LIMITS: CloudLimits = {
  bounds: [
    {
      kinds: ['http'],
      field: 'timeoutSeconds',
      least: 1,
      // It gives up after 30 seconds and cannot be told otherwise; our own 504 must be there before.
      most: 29,
      what: 'what an HTTP API of AWS waits for',
      source: HTTP_API,
    },
    {
      kinds: ['on', 'cron'],
      field: 'timeoutSeconds',
      least: 1,
      most: 900 - ANSWER_SECONDS,
      what: `what Lambda runs (900), less ${ANSWER_SECONDS} for the answer`,
      source: LAMBDA,
    },
    {
      kinds: ['on'],
      field: 'timeoutSeconds',
      most: MAX_VISIBILITY_SECONDS / VISIBILITY_FACTOR - ANSWER_SECONDS,
      what: `a sixth of what SQS hides a message for (${MAX_VISIBILITY_SECONDS}), less ${ANSWER_SECONDS}`,
      source: SQS,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'memoryMb',
      least: 128,
      most: 10_240,
      what: 'the memory of a Lambda function',
      source: LAMBDA,
    },
    {
      kinds: ['on'],
      field: 'attempts',
      least: 1,
      // The queue must go on for longer than we count, or it takes the dead letter from us.
      most: 999,
      what: 'the deliveries that SQS counts (1000), less one',
      source: REDRIVE,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'concurrency',
      least: 1,
      what: 'the reserved concurrency with which Lambda runs a function at all',
      source: LAMBDA,
    },
  ],
  jobs: {
    what: 'Fargate',
    source: FARGATE,
    sizes: [
      { cpu: 0.25, least: GB / 2, most: 2 * GB, step: GB / 2 },
      { cpu: 0.5, least: GB, most: 4 * GB, step: GB },
      { cpu: 1, least: 2 * GB, most: 8 * GB, step: GB },
      { cpu: 2, least: 4 * GB, most: 16 * GB, step: GB },
      { cpu: 4, least: 8 * GB, most: 30 * GB, step: GB },
      { cpu: 8, least: 16 * GB, most: 60 * GB, step: 4 * GB },
      { cpu: 16, least: 32 * GB, most: 120 * GB, step: 8 * GB },
    ],
  },
  schedule: {
    form: awsRate,
    source: 'https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html',
  },
  totals: [
    {
      what: 'routes of the HTTP API',
      most: 300,
      source: HTTP_API,
      count: (plan) => {
        const prefixes = routedApis(plan).flatMap((api) => api.prefixes).length
        return [{ of: 'all APIs', value: prefixes * ROUTES_PER_PREFIX + FALLBACK_ROUTES }]
      },
    },
    {
      what: 'rules on one event bus',
      most: 300,
      source: EVENTS,
      count: (plan) => [{ of: 'all reactions', value: plan.filter(({ kind }) => kind === 'on').length }],
    },
    {
      // An account begins with 1000 at once, of which 100 must stay unreserved.
      what: 'instances reserved of an account',
      most: 900,
      source: LAMBDA,
      count: (plan) => [
        { of: 'all functions', value: plan.reduce((sum, { concurrency = 0 }) => sum + concurrency, 0) },
      ],
    },
  ],
}
