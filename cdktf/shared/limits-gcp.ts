import { unixCron } from '../../functions/entry/cron-forms.ts'
import { ANSWER_SECONDS, type CloudLimits } from './limits-rules.ts'
import { subscriptionFilter } from './pubsub-filter.ts'

const RUN_TIMEOUT = 'https://cloud.google.com/run/docs/configuring/request-timeout'
const RUN_MEMORY = 'https://cloud.google.com/run/docs/configuring/services/memory-limits'
const RUN_INSTANCES = 'https://cloud.google.com/run/docs/configuring/max-instances'
const JOB_MEMORY = 'https://cloud.google.com/run/docs/configuring/jobs/memory-limits'
const JOB_TIMEOUT = 'https://cloud.google.com/run/docs/configuring/task-timeout'
const SUBSCRIPTION = 'https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.subscriptions'
const FILTER = 'https://cloud.google.com/pubsub/docs/subscription-message-filter'
const SCHEDULER = 'https://cloud.google.com/scheduler/docs/reference/rest/v1/projects.locations.jobs'
const CRON = 'https://cloud.google.com/scheduler/docs/configuring/cron-job-schedules'

const GB = 1024
const HOUR = 3600

export const GCP_LIMITS: CloudLimits = {
  bounds: [
    {
      kinds: ['http'],
      field: 'timeoutSeconds',
      least: 1,
      most: HOUR - ANSWER_SECONDS,
      what: `what Cloud Run lets a request last (${HOUR}), less ${ANSWER_SECONDS} for the answer`,
      source: RUN_TIMEOUT,
    },
    {
      kinds: ['on'],
      field: 'timeoutSeconds',
      least: 1,
      // Also for events of the store: Eventarc delivers by a subscription of Pub/Sub.
      most: 600 - ANSWER_SECONDS,
      what: `what Pub/Sub waits for an acknowledgement (600), less ${ANSWER_SECONDS}`,
      source: SUBSCRIPTION,
    },
    {
      kinds: ['cron'],
      field: 'timeoutSeconds',
      least: 1,
      most: HOUR / 2 - ANSWER_SECONDS,
      what: `what Cloud Scheduler waits for an answer (${HOUR / 2}), less ${ANSWER_SECONDS}`,
      source: SCHEDULER,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'memoryMb',
      least: 128,
      most: 32 * GB,
      what: 'the memory of a Cloud Run service',
      source: RUN_MEMORY,
    },
    {
      kinds: ['on'],
      field: 'attempts',
      least: 1,
      // The subscription must go on for longer than we count, or it takes the dead letter from us.
      most: 99,
      what: 'the deliveries that Pub/Sub counts (100), less one',
      source: SUBSCRIPTION,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'concurrency',
      least: 1,
      what: 'the instances with which Cloud Run serves at all',
      source: RUN_INSTANCES,
    },
    {
      kinds: ['job'],
      field: 'timeoutSeconds',
      least: 1,
      most: 168 * HOUR,
      what: 'what Cloud Run lets a task last',
      source: JOB_TIMEOUT,
    },
  ],
  jobs: {
    what: 'Cloud Run',
    source: JOB_MEMORY,
    sizes: [
      { cpu: 1, least: GB / 2, most: 4 * GB, step: 1 },
      { cpu: 2, least: GB / 2, most: 8 * GB, step: 1 },
      { cpu: 4, least: 2 * GB, most: 16 * GB, step: 1 },
      { cpu: 6, least: 4 * GB, most: 24 * GB, step: 1 },
      { cpu: 8, least: 4 * GB, most: 32 * GB, step: 1 },
    ],
  },
  schedule: { form: unixCron, source: CRON },
  totals: [
    {
      what: 'bytes in the filter of its subscription',
      most: 256,
      source: FILTER,
      count: (plan) =>
        plan.flatMap(({ name, trigger }) => {
          if (!('event' in trigger)) return []
          // The store's own events come by another subscription, which Eventarc makes.
          const type = trigger.bucket === undefined ? trigger.event : undefined
          return [{ of: name, value: Buffer.byteLength(subscriptionFilter(name, type)) }]
        }),
    },
  ],
}
