import type { Price } from './price.ts'

// Every price of `npm run cost`, in US dollars without tax, at the smallest volume. Change a price here, with its date, and
// nowhere else. Regions are those of the shipped configs.

/** Year and month in which the prices were last gone through. */
export const PRICES_OF = '2026-11'
export const REGIONS = { aws: 'eu-central-1', gcp: 'europe-west1', azure: 'westeurope' } as const

const MILLION = 1_000_000
const TEN_THOUSAND = 10_000

type Given = Omit<Price, 'source' | 'read'>
const page = (source: string, given: Given): Price => ({ ...given, source, read: 'page' })
const recalled = (source: string, given: Given): Price => ({ ...given, source, read: 'recalled' })

const aws = (path: string, given: Given) => recalled(`https://aws.amazon.com/${path}/pricing/`, given)
const azure = (path: string, given: Given) =>
  recalled(`https://azure.microsoft.com/pricing/details/${path}/`, given)
const google = (path: string, given: Given) => recalled(`https://cloud.google.com/${path}/pricing`, given)
const googlePage = (path: string, given: Given) => page(`https://cloud.google.com/${path}/pricing`, given)

export const AWS = {
  apiRequest: aws('api-gateway', { usd: 1.2, per: MILLION, unit: 'requests' }),
  functionCall: aws('lambda', { usd: 0.2, per: MILLION, unit: 'calls', free: MILLION }),
  functionTime: aws('lambda', { usd: 0.0000133334, per: 1, unit: 'GB-seconds', free: 400_000 }),
  schedulerCall: aws('eventbridge', { usd: 1.15, per: MILLION, unit: 'runs', free: 14 * MILLION }),
  busEvent: aws('eventbridge', { usd: 1, per: MILLION, unit: 'events' }),
  queueRequest: aws('sqs', { usd: 0.4, per: MILLION, unit: 'requests', free: MILLION }),
  jobCpu: aws('fargate', { usd: 0.03725, per: 60, unit: 'vCPU-minutes' }),
  jobMemory: aws('fargate', { usd: 0.00409, per: 60, unit: 'GB-minutes' }),
  jobAddress: aws('vpc', { usd: 0.005, per: 60, unit: 'address-minutes' }),
  stored: aws('s3', { usd: 0.0245, per: 1, unit: 'GB' }),
  written: aws('s3', { usd: 0.0054, per: 1000, unit: 'writes' }),
  fetched: aws('s3', { usd: 0.00043, per: 1000, unit: 'reads' }),
  delivered: aws('cloudfront', { usd: 0.085, per: 1, unit: 'GB', free: 1024 }),
  edgeRequest: aws('cloudfront', { usd: 0.012, per: TEN_THOUSAND, unit: 'requests', free: 10 * MILLION }),
  log: aws('cloudwatch', { usd: 0.63, per: 1, unit: 'GB', free: 5 }),
  alarm: aws('cloudwatch', { usd: 0.1, per: 1, unit: 'alarm metrics', free: 10 }),
  dashboard: aws('cloudwatch', { usd: 3, per: 1, unit: 'dashboards', free: 3 }),
  secret: aws('secrets-manager', { usd: 0.4, per: 1, unit: 'secrets' }),
  image: aws('ecr', { usd: 0.1, per: 1, unit: 'GB' }),
  hostedZone: aws('route53', { usd: 0.5, per: 1, unit: 'zones' }),
  key: aws('kms', { usd: 1, per: 1, unit: 'keys' }),
  natGateway: aws('vpc', { usd: 0.052, per: 1, unit: 'gateway-hours' }),
} as const satisfies Record<string, Price>

export const GCP = {
  functionCall: googlePage('run', { usd: 0.4, per: MILLION, unit: 'calls', free: 2 * MILLION }),
  functionCpu: googlePage('run', { usd: 0.000024, per: 1, unit: 'vCPU-seconds', free: 180_000 }),
  functionMemory: googlePage('run', { usd: 0.0000025, per: 1, unit: 'GiB-seconds', free: 360_000 }),
  jobCpu: googlePage('run', { usd: 0.000018, per: 1, unit: 'vCPU-seconds', free: 240_000 }),
  jobMemory: google('run', { usd: 0.000002, per: 1, unit: 'GiB-seconds', free: 450_000 }),
  schedule: google('scheduler', { usd: 0.1, per: 1, unit: 'schedules', free: 3 }),
  message: google('pubsub', { usd: 40, per: 1024, unit: 'GiB', free: 10 }),
  stored: google('storage', { usd: 0.02, per: 1, unit: 'GB' }),
  written: google('storage', { usd: 0.05, per: TEN_THOUSAND, unit: 'writes' }),
  fetched: google('storage', { usd: 0.004, per: TEN_THOUSAND, unit: 'reads' }),
  delivered: googlePage('cdn', { usd: 0.08, per: 1, unit: 'GiB' }),
  edgeRequest: googlePage('cdn', { usd: 0.0075, per: TEN_THOUSAND, unit: 'requests' }),
  filled: googlePage('cdn', { usd: 0.01, per: 1, unit: 'GiB' }),
  balancer: googlePage('load-balancing', { usd: 0.025, per: 1, unit: 'hours of the first five rules' }),
  moreRules: googlePage('load-balancing', { usd: 0.01, per: 1, unit: 'rule-hours' }),
  balanced: googlePage('load-balancing', { usd: 0.008, per: 1, unit: 'GiB' }),
  log: googlePage('logging', { usd: 0.5, per: 1, unit: 'GiB', free: 50 }),
  alarm: google('stackdriver', { usd: 0.1, per: 1, unit: 'conditions' }),
  alarmSeries: google('stackdriver', { usd: 0.35, per: MILLION, unit: 'series looked at' }),
  secret: google('secret-manager', { usd: 0.06, per: 1, unit: 'secret versions', free: 6 }),
  key: google('kms', { usd: 0.06, per: 1, unit: 'key versions' }),
  image: google('artifact-registry', { usd: 0.1, per: 1, unit: 'GB', free: 0.5 }),
} as const satisfies Record<string, Price>

export const AZURE = {
  functionCall: azure('functions', { usd: 0.4, per: MILLION, unit: 'calls', free: 250_000 }),
  functionTime: azure('functions', { usd: 0.000026, per: 1, unit: 'GB-seconds', free: 100_000 }),
  jobCpu: azure('container-apps', { usd: 0.000034, per: 1, unit: 'vCPU-seconds', free: 180_000 }),
  jobMemory: azure('container-apps', { usd: 0.0000043, per: 1, unit: 'GiB-seconds', free: 360_000 }),
  gridEvent: azure('event-grid', { usd: 0.6, per: MILLION, unit: 'operations', free: 100_000 }),
  queueRequest: azure('storage/queues', { usd: 0.004, per: TEN_THOUSAND, unit: 'operations' }),
  stored: azure('storage/blobs', { usd: 0.0196, per: 1, unit: 'GB' }),
  written: azure('storage/blobs', { usd: 0.054, per: TEN_THOUSAND, unit: 'writes' }),
  fetched: azure('storage/blobs', { usd: 0.0043, per: TEN_THOUSAND, unit: 'reads' }),
  frontDoor: azure('frontdoor', { usd: 35, per: 1, unit: 'profiles' }),
  delivered: azure('frontdoor', { usd: 0.083, per: 1, unit: 'GB' }),
  edgeRequest: azure('frontdoor', { usd: 0.009, per: TEN_THOUSAND, unit: 'requests' }),
  filled: azure('frontdoor', { usd: 0.02, per: 1, unit: 'GB' }),
  log: azure('monitor', { usd: 2.99, per: 1, unit: 'GB', free: 5 }),
  alarm: azure('monitor', { usd: 0.1, per: 1, unit: 'metric alerts' }),
  queryAlarm: azure('monitor', { usd: 0.5, per: 1, unit: 'query alerts that look each 15 minutes' }),
  registry: azure('container-registry', { usd: 0.1666, per: 1, unit: 'registry-days' }),
  dnsZone: azure('dns', { usd: 0.5, per: 1, unit: 'zones' }),
  privateEndpoint: azure('private-link', { usd: 0.01, per: 1, unit: 'endpoint-hours' }),
  natGateway: azure('azure-nat-gateway', { usd: 0.045, per: 1, unit: 'gateway-hours' }),
} as const satisfies Record<string, Price>

const NEON_PLANS = 'https://neon.com/docs/introduction/plans'
/** The plan Launch. Free is another plan: its 100 CU-hours are no discount, it stops when they are used up. */
export const NEON = {
  compute: page('https://neon.com/faqs/managed-postgres-services-pay-active-compute', {
    ...{ usd: 0.106, per: 1, unit: 'CU-hours' },
  }),
  stored: page(NEON_PLANS, { usd: 0.35, per: 1, unit: 'GB' }),
} as const satisfies Record<string, Price>
