import { ncrontab } from '../../functions/entry/cron-forms.ts'
import { ANSWER_SECONDS, type CloudLimits } from './limits-rules.ts'
import { FALLBACK_API, type RoutedApi, routedApis } from './routes.ts'

const TIMEOUTS =
  'https://learn.microsoft.com/azure/azure-functions/functions-scale#function-app-timeout-duration'
const FLEX = 'https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan'
const CONTAINER = 'https://learn.microsoft.com/azure/container-apps/containers#allocations'
const FRONT_DOOR =
  'https://learn.microsoft.com/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-front-door-service-limits'
const TIMER =
  'https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions'

/** The load balancer before every function app. */
const HTTP_SECONDS = 230
/** How long an instance that is being taken away may finish what it has begun. */
const GRACE_SECONDS = 3600
/** `/v1/videos` and `/v1/videos/*`. */
const PATTERNS_PER_PREFIX = 2
/** And `/*` of the API that answers what no route is for. */
const patternsOf = ({ name, prefixes }: RoutedApi): number =>
  prefixes.length * PATTERNS_PER_PREFIX + (name === FALLBACK_API ? 1 : 0)
const QUARTER = 0.25
const MIB_PER_CPU = 2048

// Container Apps names no longest time of a job's replica: https://learn.microsoft.com/azure/container-apps/jobs
export const AZURE_LIMITS: CloudLimits = {
  bounds: [
    {
      kinds: ['http'],
      field: 'timeoutSeconds',
      least: 1,
      most: HTTP_SECONDS - ANSWER_SECONDS,
      what: `what Azure waits for a function's answer (${HTTP_SECONDS}), less ${ANSWER_SECONDS}`,
      source: TIMEOUTS,
    },
    {
      kinds: ['on', 'cron'],
      field: 'timeoutSeconds',
      least: 1,
      most: GRACE_SECONDS - ANSWER_SECONDS,
      what: `what Flex Consumption leaves to an instance that it takes away (${GRACE_SECONDS}), less ${ANSWER_SECONDS}`,
      source: TIMEOUTS,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'memoryMb',
      least: 1,
      most: 4096,
      what: 'the largest instance of Flex Consumption',
      source: FLEX,
    },
    {
      kinds: ['http', 'on', 'cron'],
      field: 'concurrency',
      least: 1,
      most: 1000,
      what: 'the instances of a Flex Consumption app',
      source: FLEX,
    },
  ],
  jobs: {
    what: 'Container Apps (Consumption)',
    source: CONTAINER,
    sizes: Array.from({ length: 16 }, (_, at) => (at + 1) * QUARTER).map((cpu) => ({
      ...{ cpu, least: cpu * MIB_PER_CPU, most: cpu * MIB_PER_CPU },
      step: 1,
    })),
  },
  config: [
    {
      field: 'retention.uploadDays',
      read: ({ retention }) => retention.uploadDays,
      most: 7,
      what: 'the days that Azure keeps blocks which are not yet a blob',
      source: 'https://learn.microsoft.com/rest/api/storageservices/put-block#remarks',
    },
  ],
  schedule: { form: ncrontab, source: TIMER },
  totals: [
    {
      what: 'patterns of one Front Door route',
      most: 25,
      source: FRONT_DOOR,
      count: (plan) => routedApis(plan).map((api) => ({ of: api.name, value: patternsOf(api) })),
    },
    {
      // One for each API, and those of pages and media.
      what: 'routes of one Front Door endpoint',
      most: 100,
      source: FRONT_DOOR,
      count: (plan) => [{ of: 'all APIs', value: routedApis(plan).length + 2 }],
    },
  ],
}
