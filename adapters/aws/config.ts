import * as z from 'zod/mini'
import type { JobKind } from '../../core/ports/jobs.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'
import type { Credentials } from './credentials.ts'

/** Where one deployment lives on AWS. */
export interface AwsConfig {
  readonly region: string
  readonly buckets: BucketNames
  /** Name or ARN of an EventBridge bus, or ARN of an SNS topic. */
  readonly bus: string
  /** A consumer's queue has the URL that begins so and ends with its name. */
  readonly queues: string
  /** A secret's name in Secrets Manager begins so and ends with ours. */
  readonly secrets: string
  readonly cdn: { readonly origin: string; readonly keyId: string; readonly cookieDomain: string }
  /** `undefined` where this deployment, or this process, starts no container jobs. */
  readonly jobs?: AwsJobsConfig
  /** ARN of the KMS key that wraps the keys of films; without it this process touches none. */
  readonly keyVaultKey?: string
  /** Tests only: `host:port` that stands in for Neon. */
  readonly neonProxy?: string
  /** Where a service is somewhere else than AWS has it: an emulator, or a private endpoint. */
  readonly endpoints: Readonly<Partial<Record<AwsService, string>>>
}

export interface AwsJobsConfig {
  readonly cluster: string
  /** Of each kind the family (its newest revision runs), `family:revision` or ARN: a kind has an identity of its own. */
  readonly tasks: Readonly<Record<JobKind, string>>
  readonly container: string
  readonly subnets: readonly string[]
  readonly securityGroups: readonly string[]
  /** Needed in public subnets without a NAT gateway: else the image cannot be pulled. */
  readonly publicIp: boolean
}

export type AwsService = keyof typeof ENDPOINTS

/** The variables that AWS's own SDKs read. https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
const ENDPOINTS = {
  s3: 'AWS_ENDPOINT_URL_S3',
  sqs: 'AWS_ENDPOINT_URL_SQS',
  sns: 'AWS_ENDPOINT_URL_SNS',
  eventbridge: 'AWS_ENDPOINT_URL_EVENTBRIDGE',
  ecs: 'AWS_ENDPOINT_URL_ECS',
  secretsManager: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
  kms: 'AWS_ENDPOINT_URL_KMS',
} as const

const text = (pattern: RegExp, rule: string) => z.string({ error: rule }).check(z.regex(pattern, rule))
// A dot would break the TLS name of the bucket's own host.
const bucket = () =>
  text(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'must be a bucket name: 3 to 63 of a-z, 0-9 and "-", no dots')
const origin = () => text(/^https?:\/\/[^/?#\s]+$/, 'must be an origin such as https://media.example.org')

const Facts = z.object({
  AWS_REGION: text(/^[a-z]{2,4}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1'),
  SKYREEL_BUCKET_UPLOADS: bucket(),
  SKYREEL_BUCKET_MEDIA: bucket(),
  SKYREEL_BUS: text(
    /^([\w.-]{1,256}|arn:aws[\w-]*:(events|sns):[\w-]+:\d{12}:[\w./-]+)$/,
    'must be the name or ARN of an EventBridge bus, or the ARN of an SNS topic',
  ),
  SKYREEL_QUEUES: text(
    /^https?:\/\/[^/?#\s]+\/\d{12}\/[\w-]*$/,
    'must be the beginning of queue URLs such as https://sqs.eu-central-1.amazonaws.com/123456789012/skyreel-',
  ),
  SKYREEL_SECRETS: text(/^[\w/+=.@-]{1,400}$/, 'must be the beginning of secret names such as skyreel/prod/'),
  SKYREEL_CDN_ORIGIN: origin(),
  SKYREEL_CDN_KEY_ID: text(
    /^[A-Z0-9]{1,64}$/,
    'must be the id of a CloudFront public key such as K2JCJMDEHXQW5F',
  ),
  SKYREEL_COOKIE_DOMAIN: text(
    /^[a-z0-9-]+(\.[a-z0-9-]+)*$/,
    'must be a domain such as example.org that covers the API and the media',
  ),
  // No alias: what it points at may change, and what was wrapped says by which key.
  SKYREEL_KEY_VAULT_KEY: z.optional(
    text(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a KMS key, no alias'),
  ),
  SKYREEL_NEON_PROXY: z.optional(text(/^[^\s:/]+:\d{1,5}$/, 'must be host:port')),
  ...Object.fromEntries(Object.values(ENDPOINTS).map((name) => [name, z.optional(origin())])),
})

const list = () => text(/^[\w-]+(,[\w-]+)*$/, 'must be ids with commas between them')
const task = () => text(/^[\w:/-]{1,400}$/, 'must be the family or ARN of an ECS task definition')
const JobFacts = z.object({
  SKYREEL_JOB_CLUSTER: text(/^[\w:/-]{1,255}$/, 'must be the name or ARN of an ECS cluster'),
  SKYREEL_JOB_TRANSCODE: task(),
  SKYREEL_JOB_THUMBNAILS: task(),
  SKYREEL_JOB_CONTAINER: text(/^[\w-]{1,255}$/, 'must be the name of the container in the task definitions'),
  SKYREEL_JOB_SUBNETS: list(),
  SKYREEL_JOB_SECURITY_GROUPS: list(),
  SKYREEL_JOB_PUBLIC_IP: text(/^(ENABLED|DISABLED)$/, 'must be ENABLED or DISABLED'),
})

type Env = Readonly<Record<string, string | undefined>>

/**
 * All deployment facts, from the environment. Throws one error that names each variable that is missing or wrong, and its
 * rule. The SKYREEL_JOB_ variables are all there or none.
 */
export function readAwsConfig(env: Env): AwsConfig {
  // An empty variable is how a shell or a container says that there is none.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const withJobs = Object.keys(given).some((name) => name in JobFacts.shape)
  const facts = Facts.safeParse(given)
  const jobFacts = withJobs ? JobFacts.safeParse(given) : undefined
  const issues = [...(facts.error?.issues ?? []), ...(jobFacts?.error?.issues ?? [])]
  if (!facts.success || issues.length > 0) throw new Error(complaint(issues))
  return { ...configOf(facts.data, given), ...(jobFacts?.success ? { jobs: jobsOf(jobFacts.data) } : {}) }
}

function complaint(issues: readonly { path: PropertyKey[]; message: string }[]): string {
  const lines = issues.map(({ path, message }) => `  ${path.join('.')} ${message}`)
  return `the environment is not that of a deployment on AWS:\n${lines.join('\n')}`
}

function configOf(facts: z.infer<typeof Facts>, given: Env): Omit<AwsConfig, 'jobs'> {
  const endpoints = Object.entries(ENDPOINTS).flatMap(([service, name]) =>
    given[name] === undefined ? [] : [[service, given[name]]],
  )
  return {
    region: facts.AWS_REGION,
    buckets: { uploads: facts.SKYREEL_BUCKET_UPLOADS, media: facts.SKYREEL_BUCKET_MEDIA },
    bus: facts.SKYREEL_BUS,
    queues: facts.SKYREEL_QUEUES,
    secrets: facts.SKYREEL_SECRETS,
    cdn: {
      origin: facts.SKYREEL_CDN_ORIGIN,
      keyId: facts.SKYREEL_CDN_KEY_ID,
      cookieDomain: facts.SKYREEL_COOKIE_DOMAIN,
    },
    ...(facts.SKYREEL_KEY_VAULT_KEY === undefined ? {} : { keyVaultKey: facts.SKYREEL_KEY_VAULT_KEY }),
    ...(facts.SKYREEL_NEON_PROXY === undefined ? {} : { neonProxy: facts.SKYREEL_NEON_PROXY }),
    endpoints: Object.fromEntries(endpoints),
  }
}

const jobsOf = (facts: z.infer<typeof JobFacts>): AwsJobsConfig => ({
  cluster: facts.SKYREEL_JOB_CLUSTER,
  tasks: { transcode: facts.SKYREEL_JOB_TRANSCODE, thumbnails: facts.SKYREEL_JOB_THUMBNAILS },
  container: facts.SKYREEL_JOB_CONTAINER,
  subnets: facts.SKYREEL_JOB_SUBNETS.split(','),
  securityGroups: facts.SKYREEL_JOB_SECURITY_GROUPS.split(','),
  publicIp: facts.SKYREEL_JOB_PUBLIC_IP === 'ENABLED',
})

/** What a driver needs to talk to AWS at all. */
export interface AwsAccess {
  readonly config: AwsConfig
  readonly credentials: Credentials
}

/** Options of a client of the SDK. Without limits it waits for ever for a connection that is dropped silently. */
export function clientOptions({ config, credentials }: AwsAccess, service: AwsService) {
  const endpoint = config.endpoints[service]
  return {
    region: config.region,
    credentials,
    requestHandler: { connectionTimeout: 3000, requestTimeout: 20_000, throwOnRequestTimeout: true },
    ...(endpoint === undefined ? {} : { endpoint }),
  }
}
