import { randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair } from 'jose'
import type { Env } from '../config.ts'
import { type CdnEdge, openCdnEdge } from './cdn-edge.ts'
import { anEnv, TOKEN } from './env.ts'
import { type Gcs, openGcs } from './gcs.ts'
import { openIam } from './iam.ts'
import { ACCOUNT, KEY_FILE, PRIVATE_PEM } from './keys.ts'
import { openPubSub, type PubSub } from './pubsub.ts'
import { openRunJobs, type RunJobs } from './run-jobs.ts'
import type { JobTemplate } from './run-jobs-executions.ts'
import { openSecretManager, type SecretManager } from './secret-store.ts'

export interface GcpCloudOptions {
  readonly databaseUrl: string
  /** `host:port` of a stand-in for Neon's proxy. */
  readonly neonProxy: string
  readonly consumers: readonly string[]
  /** What the container of both jobs runs, and its environment beside the column's own. */
  readonly job: JobTemplate
  /** Lines that the jobs' containers print. */
  readonly onJobLine?: (line: string) => void
}

export interface GcpCloud extends AsyncDisposable {
  /** All variables of a deployment that lives in this cloud. */
  readonly env: Env
  readonly gcs: Gcs
  readonly edge: CdnEdge
  readonly pubsub: PubSub
  readonly run: RunJobs
  readonly secrets: SecretManager
}

const CORS = [
  {
    origin: ['*'],
    method: ['GET', 'PUT'],
    responseHeader: ['ETag', 'Content-Type', 'Content-Range', 'x-goog-resumable'],
    maxAgeSeconds: 3600,
  },
]

/** Google Cloud on this machine, as far as the column talks to it: storage, CDN, Pub/Sub, Cloud Run jobs, secrets. */
export async function openGcpCloud(options: GcpCloudOptions): Promise<GcpCloud> {
  await using stack = new AsyncDisposableStack()
  const base = anEnv()
  const of = (name: string) => base[name] ?? ''
  const [project, location] = [of('SKYREEL_GCP_PROJECT'), of('SKYREEL_GCP_LOCATION')]
  const [uploads, media] = [of('SKYREEL_BUCKET_UPLOADS'), of('SKYREEL_BUCKET_MEDIA')]
  const cdnKey = randomBytes(16).toString('base64url')
  const gcs = stack.use(
    await openGcs({
      buckets: { [uploads]: CORS, [media]: CORS },
      ...{
        token: TOKEN,
        accounts: { [ACCOUNT]: PRIVATE_PEM },
      },
    }),
  )
  const keys = new Map([[of('SKYREEL_CDN_KEY_ID'), cdnKey]])
  const edge = stack.use(
    await openCdnEdge({ store: gcs.origin, bucket: media, token: TOKEN, keys, now: () => new Date() }),
  )
  const topics = [of('SKYREEL_BUS'), `${of('SKYREEL_BUS')}-dead`]
  const pubsub = stack.use(await openPubSub({ project, token: TOKEN, topics }))
  const values = { ...(await ownSecrets()), 'cdn-key': cdnKey, 'database-url': options.databaseUrl }
  const prefixed = Object.entries(values).map(([name, value]) => [of('SKYREEL_SECRETS') + name, value])
  const secrets = stack.use(
    await openSecretManager({ project, token: TOKEN, secrets: Object.fromEntries(prefixed) }),
  )
  const iam = stack.use(await openIam({ token: TOKEN, account: ACCOUNT, privateKey: PRIVATE_PEM }))
  const job: { env: Record<string, string> } & JobTemplate = { ...options.job, env: {} }
  const jobs = { [of('SKYREEL_JOB_TRANSCODE')]: job, [of('SKYREEL_JOB_THUMBNAILS')]: job }
  const lines = options.onJobLine ? { onLine: options.onJobLine } : {}
  const run = stack.use(await openRunJobs({ project, location, token: TOKEN, jobs, ...lines }))
  const env = anEnv({
    SKYREEL_CLOUD: 'gcp',
    SKYREEL_CONSUMERS: options.consumers.join(','),
    SKYREEL_CDN_ORIGIN: edge.origin,
    SKYREEL_COOKIE_DOMAIN: '127.0.0.1',
    SKYREEL_NEON_PROXY: options.neonProxy,
    SKYREEL_GCP_STORAGE_URL: gcs.origin,
    SKYREEL_GCP_PUBSUB_URL: pubsub.origin,
    SKYREEL_GCP_RUN_URL: run.origin,
    SKYREEL_GCP_SECRETS_URL: secrets.origin,
    // Signs where the secret `storage-key` is taken away.
    SKYREEL_GCP_IAM_URL: iam.origin,
    SKYREEL_GCP_SERVICE_ACCOUNT: ACCOUNT,
  })
  // The container has the deployment's variables, which are known by now alone.
  Object.assign(job.env, env, options.job.env)
  const opened = stack.move()
  return { ...{ env, gcs, edge, pubsub, run, secrets }, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

async function ownSecrets() {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
  return {
    'token-key': JSON.stringify({ ...(await exportJWK(privateKey)), alg: 'EdDSA', use: 'sig', kid: 'demo' }),
    'delivery-key': randomBytes(32).toString('base64url'),
    'storage-key': KEY_FILE,
  }
}
