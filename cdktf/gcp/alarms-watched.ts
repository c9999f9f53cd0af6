import type { SkyreelStack } from '../shared/skyreel-stack.ts'
import { counted, level, metric, oneOf, type Watched } from './alarms-conditions.ts'
import { failedSchedules } from './alarms-schedules.ts'
import { consumersOf } from './settings.ts'
import { deadName, jobName, queueName, serviceName } from './settings-names.ts'

/**
 * All that an alarm watches; the dashboard shows the same. `store`: subscriptions that Eventarc made, by the names that it gave
 * them.
 */
export const watchedOf = (stack: SkyreelStack, store: readonly string[]): readonly Watched[] => [
  deadLetters(stack),
  oldMessages(stack, store),
  failedRequests(stack),
  failedSchedules(stack),
  edgeErrors(stack),
  failedJobs(stack),
]

const SUBSCRIPTION = 'resource.labels.subscription_id'
const SERVICE = 'resource.labels.service_name'
const JOB = 'resource.labels.job_name'
const MAP = 'resource.labels.url_map_name'

/** The services of a plan in a filter: names, since those of an environment begin as those of its previews do. */
export const ofServices = ({ place, plan }: SkyreelStack): string =>
  `${SERVICE} = ${oneOf(plan.filter(({ kind }) => kind !== 'job').map((fn) => serviceName(place, fn)))}`

const deadLetters = ({ place, plan }: SkyreelStack): Watched => ({
  id: 'dead-letters',
  title: 'a message was given up',
  severity: 'CRITICAL',
  advice:
    'A consumer refused it a hundred times. Read it with `gcloud pubsub subscriptions pull` before it expires.',
  seen: level({
    filter: ofQueues(
      'num_undelivered_messages',
      consumersOf(plan).map((fn) => deadName(place, fn)),
    ),
    above: 0,
    by: SUBSCRIPTION,
  }),
})

const oldMessages = ({ place, plan }: SkyreelStack, store: readonly string[]): Watched => ({
  id: 'old-messages',
  title: 'messages wait for long',
  severity: 'ERROR',
  advice:
    'The oldest message of a consumer waits for more than a quarter of an hour: it fails, or is too slow.',
  seen: level({
    filter: ofQueues('oldest_unacked_message_age', [
      ...consumersOf(plan).map((fn) => queueName(place, fn)),
      ...store,
    ]),
    above: 900,
    by: SUBSCRIPTION,
  }),
})

/** 429 is what Cloud Run says where no more instances may be started. */
const failedRequests = (stack: SkyreelStack): Watched => ({
  id: 'failed-requests',
  title: 'a function fails or is throttled',
  severity: 'ERROR',
  advice: 'More than five requests in five minutes ended with 5xx or 429. The log of the service says why.',
  seen: counted({
    filter: metric(
      'cloud_run_revision',
      'run.googleapis.com/request_count',
      'metric.labels.response_code = monitoring.regex.full_match("5[0-9][0-9]|429")',
      ofServices(stack),
    ),
    above: 5,
    by: SERVICE,
  }),
})

const edgeErrors = ({ place }: SkyreelStack): Watched => ({
  id: 'edge-errors',
  title: 'the edge answers 5xx',
  severity: 'CRITICAL',
  advice: 'Clients see errors: of an API, or of the load balancer itself.',
  seen: counted({
    filter: metric(
      'https_lb_rule',
      'loadbalancing.googleapis.com/https/request_count',
      'metric.labels.response_code_class = 500',
      `${MAP} = "${place.prefix}"`,
    ),
    above: 10,
    by: MAP,
  }),
})

const failedJobs = ({ place, plan }: SkyreelStack): Watched => ({
  id: 'failed-jobs',
  title: 'a job failed',
  severity: 'ERROR',
  advice: 'Its log says why. The sweep starts it again; a film that fails three times is marked as failed.',
  seen: counted({
    filter: metric(
      'cloud_run_job',
      'run.googleapis.com/job/completed_execution_count',
      'metric.labels.result = "failed"',
      `${JOB} = ${oneOf(plan.filter(({ kind }) => kind === 'job').map((fn) => jobName(place, fn)))}`,
    ),
    above: 0,
    by: JOB,
  }),
})

const ofQueues = (what: string, names: readonly string[]): string =>
  metric(
    'pubsub_subscription',
    `pubsub.googleapis.com/subscription/${what}`,
    `${SUBSCRIPTION} = ${oneOf(names)}`,
  )
