import * as z from 'zod/mini'
import type { JobKind } from '../../core/ports/jobs.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'

export type Env = Readonly<Record<string, string | undefined>>

/** The facts of one deployment on Google Cloud. */
export interface GcpConfig {
  readonly project: string
  /** Region of the container jobs: `europe-west1`. */
  readonly location: string
  readonly buckets: BucketNames
  /** Topic of the bus. */
  readonly bus: string
  /** Names of the deployed functions that have a subscription of their own. */
  readonly consumers: readonly string[]
  /** Put before a secret's name: `prod-`. */
  readonly secretPrefix: string
  readonly cdn: { readonly origin: string; readonly keyName: string; readonly cookieDomain: string }
  /** Cloud Run jobs by kind. */
  readonly jobs: Readonly<Record<JobKind, string>>
  /** Who signs the store's URLs where there is no secret `storage-key`. */
  readonly serviceAccount: string | undefined
  /** Resource name of the Cloud KMS key that wraps the keys of films; without it this process touches none. */
  readonly keyVaultKey: string | undefined
  readonly endpoints: Readonly<Record<Service, string>>
  /** A fixed access token, for servers of tests; else the metadata server gives one. */
  readonly token: string | undefined
  /** `host:port` that stands for Neon, in tests. */
  readonly neonProxy: string | undefined
}
export type Service = 'storage' | 'pubsub' | 'run' | 'secrets' | 'iam' | 'kms'

const text = (pattern: RegExp, rule: string) => z.string(rule).check(z.regex(pattern, rule))
const url = (otherwise: string) =>
  z._default(text(/^https?:\/\/[^/\s]+$/, 'an origin without a path: https://example.org'), otherwise)

const JOB = text(/^[a-z][a-z0-9-]{0,62}$/, 'a Cloud Run job: small letters, digits and hyphens')
const BUCKET = text(/^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/, 'the name of a bucket')

const Variables = z.object({
  SKYREEL_GCP_PROJECT: text(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'the id of a project'),
  SKYREEL_GCP_LOCATION: text(/^[a-z]+-[a-z]+\d+$/, 'a region: europe-west1'),
  SKYREEL_BUCKET_UPLOADS: BUCKET,
  SKYREEL_BUCKET_MEDIA: BUCKET,
  SKYREEL_BUS: text(/^[A-Za-z][\w.~+%-]{2,254}$/, 'the name of a Pub/Sub topic'),
  SKYREEL_CONSUMERS: text(/^[a-z0-9-]+(,[a-z0-9-]+)*$/, 'names of functions, parted by commas'),
  SKYREEL_SECRETS: z._default(text(/^[\w-]{0,200}$/, 'what secret names begin with'), ''),
  SKYREEL_CDN_ORIGIN: text(/^https?:\/\/[^/\s]+$/, 'an origin without a path: https://media.example.org'),
  SKYREEL_CDN_KEY_ID: text(/^[\w-]{1,63}$/, 'the name of a Cloud CDN signing key'),
  SKYREEL_COOKIE_DOMAIN: text(/^[a-z0-9.-]+$/i, 'the domain that the API and the media share'),
  SKYREEL_JOB_TRANSCODE: JOB,
  SKYREEL_JOB_THUMBNAILS: JOB,
  SKYREEL_KEY_VAULT_KEY: z.optional(
    text(
      /^projects\/[\w.:-]+\/locations\/[\w-]+\/keyRings\/[\w-]+\/cryptoKeys\/[\w-]+$/,
      'the resource name of a Cloud KMS key: projects/P/locations/L/keyRings/R/cryptoKeys/K',
    ),
  ),
  SKYREEL_GCP_SERVICE_ACCOUNT: z.optional(text(/^[^@\s/]+@[^@\s/]+$/, 'the address of a service account')),
  SKYREEL_GCP_TOKEN: z.optional(text(/^\S+$/, 'an access token')),
  SKYREEL_NEON_PROXY: z.optional(text(/^[^:/\s]+:\d+$/, 'host:port')),
  SKYREEL_GCP_STORAGE_URL: url('https://storage.googleapis.com'),
  SKYREEL_GCP_PUBSUB_URL: url('https://pubsub.googleapis.com'),
  SKYREEL_GCP_RUN_URL: url('https://run.googleapis.com'),
  SKYREEL_GCP_SECRETS_URL: url('https://secretmanager.googleapis.com'),
  SKYREEL_GCP_IAM_URL: url('https://iamcredentials.googleapis.com'),
  SKYREEL_GCP_KMS_URL: url('https://cloudkms.googleapis.com'),
})

/** Reads the deployment's variables. Throws one error that names each wrong or missing one with its rule. */
export function readGcpConfig(env: Env): GcpConfig {
  const read = Variables.safeParse(env)
  if (!read.success) throw new Error(complaint(read.error.issues, env), { cause: read.error })
  const given = read.data
  return {
    project: given.SKYREEL_GCP_PROJECT,
    location: given.SKYREEL_GCP_LOCATION,
    buckets: { uploads: given.SKYREEL_BUCKET_UPLOADS, media: given.SKYREEL_BUCKET_MEDIA },
    bus: given.SKYREEL_BUS,
    consumers: given.SKYREEL_CONSUMERS.split(','),
    secretPrefix: given.SKYREEL_SECRETS,
    cdn: {
      origin: given.SKYREEL_CDN_ORIGIN,
      keyName: given.SKYREEL_CDN_KEY_ID,
      cookieDomain: given.SKYREEL_COOKIE_DOMAIN,
    },
    jobs: { transcode: given.SKYREEL_JOB_TRANSCODE, thumbnails: given.SKYREEL_JOB_THUMBNAILS },
    serviceAccount: given.SKYREEL_GCP_SERVICE_ACCOUNT,
    keyVaultKey: given.SKYREEL_KEY_VAULT_KEY,
    endpoints: {
      storage: given.SKYREEL_GCP_STORAGE_URL,
      pubsub: given.SKYREEL_GCP_PUBSUB_URL,
      run: given.SKYREEL_GCP_RUN_URL,
      secrets: given.SKYREEL_GCP_SECRETS_URL,
      iam: given.SKYREEL_GCP_IAM_URL,
      kms: given.SKYREEL_GCP_KMS_URL,
    },
    token: given.SKYREEL_GCP_TOKEN,
    neonProxy: given.SKYREEL_NEON_PROXY,
  }
}

/** Names and rules, never values: a token may be among them. */
function complaint(issues: readonly { path: PropertyKey[]; message: string }[], env: Env): string {
  const lines = issues.map(({ path, message }) => {
    const name = String(path[0])
    return `${name} ${env[name] === undefined ? 'is missing' : 'is wrong'}: ${message}`
  })
  return `the configuration of Google Cloud cannot be used:\n${lines.join('\n')}`
}
