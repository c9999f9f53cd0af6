import { describe, expect, it } from 'vitest'
import { subscriptionFilter as ofTheAdapter } from '../../adapters/gcp/bus-filter.ts'
import { checkLimits, LIMITS } from './limits.ts'
import { loadManifests } from './manifests.ts'
import { type Place, placeOf } from './place.ts'
import { type PlannedFunction, planOf } from './plan.ts'
import { subscriptionFilter } from './pubsub-filter.ts'
import { FALLBACK_API } from './routes.ts'
import { ALL_PLACES, CONFIG } from './wanted-stacks.ts'

const at = (cloud: Place['cloud'], preview = '') => placeOf(cloud, CONFIG.staging, preview)
const planned = (kind: PlannedFunction['kind'], changes: Partial<PlannedFunction>): PlannedFunction => ({
  name: 'probe',
  kind,
  memoryMb: kind === 'job' ? 8192 : 512,
  timeoutSeconds: 20,
  trigger: TRIGGERS[kind],
  uses: {},
  ...(kind === 'job' ? { cpu: 4 } : {}),
  ...changes,
})
const TRIGGERS = {
  http: { http: ['GET /v1/probe'] },
  on: { event: 'video.deleted', attempts: 5 },
  cron: { every: '1 minute' },
  job: { job: 'transcode' },
} as const satisfies Record<PlannedFunction['kind'], PlannedFunction['trigger']>

/** The lines under the heading, without the source that each ends with. */
function refused(cloud: Place['cloud'], ...plan: PlannedFunction[]): string[] {
  try {
    checkLimits(at(cloud), plan)
    return []
  } catch (error) {
    const lines = (error as Error).message.split('\n').slice(1)
    return lines.map((line) => line.trim().replace(/ \(https:\/\/\S+\)$/, ''))
  }
}
const event = (name: string, attempts = 5): PlannedFunction['trigger'] => ({ event: name, attempts })
const routes = (count: number) => Array.from({ length: count }, (_, n) => `GET /v1/p${n}`)

describe('the manifests of the house', () => {
  it.each(ALL_PLACES.map((place) => [place.stackId, place] as const))('fit %s', async (_, place) => {
    const plan = planOf(await loadManifests())
    expect(() => checkLimits(place, plan)).not.toThrow()
  })
  it.each(['aws', 'gcp', 'azure'] as const)('fit a preview on %s with the longest name', async (cloud) => {
    const plan = planOf(await loadManifests())
    expect(() => checkLimits(at(cloud, 'p123456789'), plan)).not.toThrow()
  })
})

describe('a limit', () => {
  it.each<[Place['cloud'], PlannedFunction['kind'], Partial<PlannedFunction>, string]>([
    [
      'aws',
      'http',
      { timeoutSeconds: 60 },
      'timeoutSeconds 60 is over what an HTTP API of AWS waits for: 29',
    ],
    [
      'aws',
      'http',
      { timeoutSeconds: 30 },
      'timeoutSeconds 30 is over what an HTTP API of AWS waits for: 29',
    ],
    ['aws', 'on', { timeoutSeconds: 896 }, 'what Lambda runs (900), less 5 for the answer: 895'],
    ['aws', 'cron', { timeoutSeconds: 901 }, 'what Lambda runs (900), less 5 for the answer: 895'],
    ['aws', 'http', { memoryMb: 64 }, 'memoryMb 64 is under the memory of a Lambda function: 128'],
    ['aws', 'on', { memoryMb: 10_241 }, 'memoryMb 10241 is over the memory of a Lambda function: 10240'],
    ['aws', 'on', { trigger: event('a', 1000) }, 'attempts 1000 is over the deliveries that SQS counts'],
    ['aws', 'on', { concurrency: 0 }, 'concurrency 0 is under the reserved concurrency'],
    ['aws', 'job', { cpu: 3 }, 'cpu 3 is none that Fargate has: 0.25, 0.5, 1, 2, 4, 8, 16'],
    ['aws', 'job', { memoryMb: 6144 }, 'memoryMb 6144 is none that Fargate gives to cpu 4: 8192 to 30720'],
    ['aws', 'job', { memoryMb: 8200 }, 'memoryMb 8200 is none that Fargate gives to cpu 4'],
    ['aws', 'job', { memoryMb: 31_744 }, 'memoryMb 31744 is none that Fargate gives to cpu 4'],
    ['gcp', 'http', { timeoutSeconds: 3600 }, 'what Cloud Run lets a request last (3600), less 5'],
    ['gcp', 'on', { timeoutSeconds: 600 }, 'what Pub/Sub waits for an acknowledgement (600), less 5: 595'],
    [
      'gcp',
      'cron',
      { timeoutSeconds: 1800 },
      'what Cloud Scheduler waits for an answer (1800), less 5: 1795',
    ],
    ['gcp', 'cron', { trigger: { every: '7 minutes' } }, 'cron cannot say every 7 minutes'],
    ['gcp', 'on', { memoryMb: 32_769 }, 'memoryMb 32769 is over the memory of a Cloud Run service: 32768'],
    ['gcp', 'on', { trigger: event('a', 100) }, 'attempts 100 is over the deliveries that Pub/Sub counts'],
    ['gcp', 'job', { cpu: 16 }, 'cpu 16 is none that Cloud Run has: 1, 2, 4, 6, 8'],
    [
      'gcp',
      'job',
      { memoryMb: 16_385 },
      'memoryMb 16385 is none that Cloud Run gives to cpu 4: 2048 to 16384',
    ],
    ['gcp', 'job', { timeoutSeconds: 604_801 }, 'what Cloud Run lets a task last: 604800'],
    ['azure', 'http', { timeoutSeconds: 230 }, "what Azure waits for a function's answer (230), less 5: 225"],
    ['azure', 'on', { timeoutSeconds: 3600 }, 'an instance that it takes away (3600), less 5: 3595'],
    [
      'azure',
      'http',
      { memoryMb: 4097 },
      'memoryMb 4097 is over the largest instance of Flex Consumption: 4096',
    ],
    [
      'azure',
      'on',
      { concurrency: 1001 },
      'concurrency 1001 is over the instances of a Flex Consumption app',
    ],
    ['azure', 'cron', { trigger: { every: '2 days' } }, 'cron cannot say every 2 days'],
    ['azure', 'job', { cpu: 8, memoryMb: 16_384 }, 'cpu 8 is none that Container Apps (Consumption) has'],
    [
      'azure',
      'job',
      { memoryMb: 4096 },
      'memoryMb 4096 is none that Container Apps (Consumption) gives to cpu 4',
    ],
  ])('of %s on a function of kind %s with %j is named', (cloud, kind, changes, says) => {
    expect(refused(cloud, planned(kind, changes))).toEqual([expect.stringContaining(says)])
  })
  it.each<[Place['cloud'], PlannedFunction['kind'], Partial<PlannedFunction>]>([
    ['aws', 'http', { timeoutSeconds: 29 }],
    ['aws', 'on', { timeoutSeconds: 895, memoryMb: 10_240, concurrency: 900 }],
    ['aws', 'cron', { trigger: { every: '7 minutes' } }],
    ['aws', 'job', { cpu: 16, memoryMb: 122_880, timeoutSeconds: 604_801 }],
    ['gcp', 'on', { timeoutSeconds: 595 }],
    ['gcp', 'job', { cpu: 1, memoryMb: 4096, timeoutSeconds: 604_800 }],
    ['azure', 'http', { timeoutSeconds: 225, memoryMb: 4096 }],
    ['azure', 'job', { cpu: 0.25, memoryMb: 512 }],
  ])('of %s lets a function of kind %s pass with %j', (cloud, kind, changes) => {
    expect(refused(cloud, planned(kind, changes))).toEqual([])
  })
})

describe('a name', () => {
  it.each<[Place['cloud'], PlannedFunction['kind'], string, string]>([
    ['aws', 'http', 'a'.repeat(49), 'the Lambda function "skyreel-staging-'],
    ['aws', 'http', 'my api', 'is no name for a Lambda function'],
    ['gcp', 'http', 'b'.repeat(34), 'the Cloud Run service "skyreel-staging-'],
    ['gcp', 'job', 'Transcode', 'is no name for a Cloud Run job'],
    ['azure', 'on', 'onUpload', '"skyreel-staging-onUpload-poison" is no name for a storage queue'],
    ['azure', 'on', 'on_upload', '"skyreel-staging-on_upload-poison" is no name for a storage queue'],
    ['azure', 'on', 'c'.repeat(41), 'the storage queue "skyreel-staging-'],
  ])(
    'that %s would refuse of a function of kind %s is refused with its rule: %s',
    (cloud, kind, name, says) => {
      const lines = refused(cloud, planned(kind, { name }))
      expect(lines.find((line) => line.startsWith(`${name}: `) && line.includes(says))).toBeDefined()
    },
  )
  it('of a job on Azure may be longer than its platform takes: it ends with a hash', () => {
    expect(refused('azure', planned('job', { name: 'd'.repeat(60) }))).toEqual([])
  })
})

describe('what functions have together', () => {
  const many = (count: number) => planned('http', { trigger: { http: routes(count) } })
  it('is 300 routes of an HTTP API at most', () => {
    expect([refused('aws', many(149)), refused('aws', many(150))]).toEqual([
      [],
      ['all APIs: 301 routes of the HTTP API, at most 300 are allowed'],
    ])
  })
  it('is 25 patterns of a Front Door route at most', () => {
    expect([refused('azure', many(12)), refused('azure', many(13))]).toEqual([
      [],
      ['probe: 26 patterns of one Front Door route, at most 25 are allowed'],
    ])
  })
  it('is one pattern less for the API that answers what no route is for', () => {
    const least = planned('http', { name: FALLBACK_API, trigger: { http: routes(12) } })
    expect([refused('azure', least), refused('azure', { ...least, trigger: { http: routes(13) } })]).toEqual([
      [],
      ['platform-api: 27 patterns of one Front Door route, at most 25 are allowed'],
    ])
  })
  it('is 900 reserved instances of an AWS account at most', () => {
    const one = planned('on', { name: 'one', concurrency: 600 })
    expect(refused('aws', one, planned('on', { name: 'two', concurrency: 301 }))).toEqual([
      'all functions: 901 instances reserved of an account, at most 900 are allowed',
    ])
  })
  it('is 300 rules of an event bus at most', () => {
    const plan = Array.from({ length: 301 }, (_, n) => planned('on', { name: `r${n}` }))
    expect(refused('aws', ...plan)).toEqual([
      'all reactions: 301 rules on one event bus, at most 300 are allowed',
    ])
  })
  it('is 256 bytes of a subscription filter at most', () => {
    const long = planned('on', { trigger: event(`video.${'e'.repeat(200)}`) })
    expect(refused('gcp', long)).toEqual([
      expect.stringMatching(/^probe: \d+ bytes in the filter of its subscription, at most 256 are allowed$/),
    ])
  })
})

describe('the refusal', () => {
  const slow = planned('http', { name: 'slow-api', timeoutSeconds: 60 })
  const small = planned('on', { name: 'small', memoryMb: 64 })
  it('names every manifest, not the first alone', () => {
    expect(refused('aws', slow, small).map((line) => line.split(':')[0])).toEqual(['slow-api', 'small'])
  })
  it('names the stack and ends each line with the source of the limit', () => {
    expect(() => checkLimits(at('aws'), [slow])).toThrow(
      /^aws-staging would be refused by the platform:\n {2}slow-api: .* 29 \(https:\/\/docs\.aws\.amazon\.com\/\S+\)$/,
    )
  })
  it('is of the cloud of the stack alone', () => {
    expect(refused('gcp', slow)).toEqual([])
  })
})

describe('a field of the config', () => {
  const long = { ...CONFIG.dev, retention: { ...CONFIG.dev.retention, uploadDays: 8 } }
  it('may be narrower on one cloud, and is named with its file', () => {
    expect(() => checkLimits(placeOf('azure', long), [])).toThrow(
      'cdktf/config/dev.ts: retention.uploadDays 8 is over',
    )
  })
  it('is free on the others', () => {
    expect(() => checkLimits(placeOf('aws', long), [])).not.toThrow()
  })
})

describe('the table', () => {
  it.each(Object.entries(LIMITS))(
    'of %s says where each limit is written',
    (_, { bounds, jobs, schedule, totals }) => {
      const sources = [...bounds, jobs, schedule, ...totals].map(({ source }) => source)
      expect(sources.filter((source) => !/^https:\/\/[\w.-]+\/\S+$/.test(source))).toEqual([])
    },
  )
  it.each([['video.deleted'], [undefined]])('measures the filter that the adapter writes for %s', (type) => {
    expect(subscriptionFilter('thumbnails', type)).toBe(ofTheAdapter('thumbnails', type))
  })
})
