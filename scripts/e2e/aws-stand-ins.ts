import { generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { type Buckets, openBuckets } from '../../adapters/aws/testing/buckets.ts'
import { openCloudFront } from '../../adapters/aws/testing/cloudfront.ts'
import { testConfig } from '../../adapters/aws/testing/config.ts'
import { type Ecs, openEcs } from '../../adapters/aws/testing/ecs.ts'
import { TEST_ENV, TEST_JOB_ENV } from '../../adapters/aws/testing/env.ts'
import { openEventBridge } from '../../adapters/aws/testing/event-bridge.ts'
import { type Fauxqs, openFauxqs } from '../../adapters/aws/testing/fauxqs.ts'
import { openKms } from '../../adapters/aws/testing/kms.ts'
import { openSecretsManager } from '../../adapters/aws/testing/secrets-server.ts'
import { SECRETS } from '../../cdktf/shared/needs.ts'
import { onFunctions } from '../../functions/entry/manifests.ts'
import { isOperators } from '../deploy/secret-values.ts'
import { openAwsQueues } from './aws-queues.ts'
import type { Ground } from './cloud.ts'

export interface AwsServices extends AsyncDisposable {
  /** Of every function, and of the container. */
  readonly env: Readonly<Record<string, string>>
  readonly sqs: Pick<Fauxqs, 'endpoint' | 'queues'>
  /** Sentences about messages in dead-letter queues, tasks that failed and requests that were refused. */
  givenUp(): readonly string[]
}

const PREFIX = 'skyreel-e2e-'

/** S3, SQS, EventBridge, ECS, Secrets Manager, KMS and CloudFront on this machine, wired as infrastructure wires them. */
export async function openAwsServices(ground: Ground): Promise<AwsServices> {
  const stack = new AsyncDisposableStack()
  try {
    const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
    const sqs = stack.use(await openFauxqs())
    const queues = openAwsQueues({ sqs, prefix: PREFIX, functions: onFunctions })
    const buckets: Buckets = stack.use(
      await openBuckets((notification) => queues.stored(notification, buckets.names)),
    )
    const edge = stack.use(await openEdge(buckets, publicKey))
    const bridge = stack.use(await openEventBridge({ bus: TEST_ENV.SKYREEL_BUS, rules: queues.rules }))
    const secrets = stack.use(await openSecretsManager(secretsOf(ground, privateKey), EMPTY))
    const kms = stack.use(await openKms())
    const container: Record<string, string> = { PATH: process.env.PATH ?? '' }
    const ecs = stack.use(await openCluster(ground, container))
    const env = {
      ...environmentOf(ground, { sqs, buckets }),
      SKYREEL_CDN_ORIGIN: edge.origin,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bridge.endpoint,
      AWS_ENDPOINT_URL_ECS: ecs.endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      AWS_ENDPOINT_URL_KMS: kms.endpoint,
      SKYREEL_KEY_VAULT_KEY: kms.create(),
    }
    // The task definition has the deployment's variables, which are known by now alone.
    Object.assign(container, env, { SKYREEL_CLOUD: 'aws' })
    const refused = () => [bridge, secrets, kms, ecs].flatMap(({ refusals }) => refusals)
    ground.logs.watch('refused by services', () => [...refused(), ...edge.refusals].join('\n'))
    const givenUp = () => [...queues.givenUp(), ...failedTasks(ecs), ...refused()]
    return { env, sqs, givenUp, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

const environmentOf = (
  { publicOrigin, neonProxy }: Ground,
  { sqs, buckets }: { sqs: Fauxqs; buckets: Buckets },
) => ({
  ...TEST_ENV,
  ...TEST_JOB_ENV,
  AWS_REGION: buckets.region,
  AWS_ACCESS_KEY_ID: buckets.credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: buckets.credentials.secretAccessKey,
  AWS_ENDPOINT_URL_S3: buckets.endpoint,
  AWS_ENDPOINT_URL_SQS: sqs.endpoint,
  SKYREEL_BUCKET_UPLOADS: buckets.names.uploads,
  SKYREEL_BUCKET_MEDIA: buckets.names.media,
  SKYREEL_QUEUES: sqs.queues + PREFIX,
  SKYREEL_PUBLIC_ORIGIN: publicOrigin,
  SKYREEL_COOKIE_DOMAIN: new URL(publicOrigin).hostname,
  SKYREEL_NEON_PROXY: neonProxy,
})

function secretsOf({ secrets }: Ground, cdnKey: KeyObject): Record<string, string> {
  const all = { ...secrets, 'cdn-key': cdnKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  const named = Object.entries(all).map(([name, value]) => [TEST_ENV.SKYREEL_SECRETS + name, value])
  return Object.fromEntries(named)
}

/** As a deployment leaves them: no payment provider and no system of DRM is set up. */
const EMPTY = SECRETS.filter(isOperators).map((name) => TEST_ENV.SKYREEL_SECRETS + name)

function openEdge({ endpoint, region, names, credentials }: Buckets, publicKey: KeyObject) {
  const config = testConfig({ region, buckets: names, endpoints: { s3: endpoint } })
  const keys = new Map([[TEST_ENV.SKYREEL_CDN_KEY_ID, publicKey]])
  return openCloudFront({ keys, access: () => ({ config, credentials: async () => credentials }) })
}

/** Two films' jobs side by side: the one that makes early pictures must not wait for the other. */
const openCluster = ({ mediaProgram, logs }: Ground, env: NodeJS.ProcessEnv) =>
  openEcs({
    cluster: TEST_JOB_ENV.SKYREEL_JOB_CLUSTER,
    taskDefinitions: [TEST_JOB_ENV.SKYREEL_JOB_TRANSCODE, TEST_JOB_ENV.SKYREEL_JOB_THUMBNAILS],
    container: TEST_JOB_ENV.SKYREEL_JOB_CONTAINER,
    ...{ command: process.execPath, args: [mediaProgram], env, slots: 2 },
    output: logs.collect('container jobs'),
  })

const failedTasks = ({ tasks }: Ecs) =>
  tasks
    .filter(({ lastStatus, exitCode }) => lastStatus === 'STOPPED' && exitCode !== 0)
    .map(({ startedBy, exitCode }) => `the task of ${startedBy} ended with ${exitCode}`)
