import { TEST_ENV, TEST_JOB_ENV } from '../../../adapters/aws/testing/env.ts'
import { anAzureEnvironment } from '../../../adapters/azure/testing/environment.ts'
import { anEnv } from '../../../adapters/gcp/testing/env.ts'
import type { Cloud } from '../deployed.ts'

/** Nobody listens on port 1: what wants to reach a service fails at once, and never reaches a real one. */
const NOWHERE = 'http://127.0.0.1:1'

const COMMON = {
  SKYREEL_PUBLIC_ORIGIN: 'https://api.example.org',
  SKYREEL_BUCKET_UPLOADS: 'skyreel-uploads',
  SKYREEL_BUCKET_MEDIA: 'skyreel-media',
  SKYREEL_CDN_ORIGIN: 'https://media.example.org',
  SKYREEL_COOKIE_DOMAIN: 'example.org',
  SKYREEL_NEON_PROXY: '127.0.0.1:1',
}

const written = (env: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : [])))

/** The variables of a whole deployment, whose services are nowhere. */
export const deploymentEnv: { readonly [C in Cloud]: Readonly<Record<string, string>> } = {
  aws: {
    ...TEST_ENV,
    ...TEST_JOB_ENV,
    ...COMMON,
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_S3: NOWHERE,
    AWS_ENDPOINT_URL_SQS: NOWHERE,
    AWS_ENDPOINT_URL_SNS: NOWHERE,
    AWS_ENDPOINT_URL_EVENTBRIDGE: NOWHERE,
    AWS_ENDPOINT_URL_ECS: NOWHERE,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: NOWHERE,
    SKYREEL_QUEUES: `${NOWHERE}/123456789012/skyreel-`,
  },
  gcp: {
    ...written(anEnv()),
    ...COMMON,
    SKYREEL_GCP_STORAGE_URL: NOWHERE,
    SKYREEL_GCP_PUBSUB_URL: NOWHERE,
    SKYREEL_GCP_RUN_URL: NOWHERE,
    SKYREEL_GCP_SECRETS_URL: NOWHERE,
    SKYREEL_GCP_IAM_URL: NOWHERE,
  },
  azure: {
    ...anAzureEnvironment(),
    ...COMMON,
    SKYREEL_BLOB_ENDPOINT: `${NOWHERE}/skyreelprod`,
    SKYREEL_QUEUE_ENDPOINT: `${NOWHERE}/skyreelprod`,
    SKYREEL_BUS: `${NOWHERE}/api/events`,
    SKYREEL_SECRETS: NOWHERE,
    SKYREEL_RESOURCE_MANAGER: NOWHERE,
    IDENTITY_ENDPOINT: `${NOWHERE}/msi/token`,
  },
}
