import * as z from 'zod/mini'
import type { JobKind } from '../../core/ports/jobs.ts'
import type { BucketNames } from '../../core/run/storage-event.ts'

/** Facts of one deployment on Azure: names and endpoints, no secrets but the keys that an emulator publishes. */
export interface AzureConfig {
  readonly storage: StorageAccount
  /** Containers of the storage account. */
  readonly buckets: BucketNames
  /** Endpoint of the Event Grid topic, with `/api/events`; `key` is its access key where there is no identity. */
  readonly bus: { readonly endpoint: string; readonly key: string | undefined }
  /** Beginning of every queue's name; the consumer's name follows. */
  readonly queues: string
  /** Origin of the Key Vault. */
  readonly vault: string
  /** URL of the RSA key that wraps the keys of films; without it this process touches none. */
  readonly keyVaultKey: string | undefined
  /** Origin of Front Door, which hands path and query on to the blob store. */
  readonly cdnOrigin: string
  /** Resource id of the Container Apps job of each kind; several kinds may share one. */
  readonly jobs: Readonly<Record<JobKind, string>>
  /** Origin of the Resource Manager. */
  readonly resourceManager: string
  readonly identity: ManagedIdentity
  /** `host:port` that stands in for Neon's proxy in tests. */
  readonly neonProxy: string | undefined
}

export interface StorageAccount {
  readonly account: string
  /** `https://<account>.blob.core.windows.net`, without a slash at its end; an emulator's has the account in its path. */
  readonly blobEndpoint: string
  readonly queueEndpoint: string
  /** The account key, where the account takes no tokens: an emulator without HTTPS. */
  readonly key: string | undefined
}

/** What App Service and Container Apps tell a process about its managed identity. */
export interface ManagedIdentity {
  readonly endpoint: string
  readonly header: string
  /** Which of several user-assigned identities. */
  readonly clientId: string | undefined
}

const text = (rule: RegExp, says: string) => z.string(says).check(z.regex(rule, says))
const origin = () => text(/^https?:\/\/[^/\s]+$/, 'must be an origin without a path, such as https://host')
const endpoint = () => text(/^https?:\/\/\S+[^/\s]$/, 'must be a URL that does not end with "/"')
const container = () => text(/^[a-z0-9](?:-?[a-z0-9]){2,62}$/, 'must be the name of a blob container')
const jobId = () =>
  text(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.App\/jobs\/[^/]+$/,
    'must be the resource id of a Container Apps job, /subscriptions/.../Microsoft.App/jobs/<name>',
  )
const anything = () => text(/./, 'must be there')

const Environment = z.object({
  SKYREEL_STORAGE_ACCOUNT: text(/^[a-z0-9]{3,24}$/, 'must be the name of a storage account'),
  SKYREEL_BLOB_ENDPOINT: z.optional(endpoint()),
  SKYREEL_QUEUE_ENDPOINT: z.optional(endpoint()),
  SKYREEL_STORAGE_KEY: z.optional(text(/^[A-Za-z0-9+/]{20,}={0,2}$/, 'must be an account key in base64')),
  SKYREEL_BUCKET_UPLOADS: container(),
  SKYREEL_BUCKET_MEDIA: container(),
  SKYREEL_BUS: endpoint(),
  SKYREEL_BUS_KEY: z.optional(anything()),
  SKYREEL_QUEUES: text(/^[a-z0-9](?:-?[a-z0-9]){0,30}-?$/, 'must be the beginning of a queue name'),
  SKYREEL_SECRETS: origin(),
  SKYREEL_KEY_VAULT_KEY: z.optional(
    text(
      /^https?:\/\/[^/\s]+\/keys\/[\da-zA-Z-]{1,127}(\/[\da-f]{32})?$/,
      'must be the URL of a key such as https://name.vault.azure.net/keys/films',
    ),
  ),
  SKYREEL_CDN_ORIGIN: origin(),
  SKYREEL_JOB_TRANSCODE: jobId(),
  SKYREEL_JOB_THUMBNAILS: jobId(),
  SKYREEL_RESOURCE_MANAGER: z.optional(origin()),
  SKYREEL_NEON_PROXY: z.optional(text(/^[^/\s:]+:\d+$/, 'must be host:port')),
  IDENTITY_ENDPOINT: endpoint(),
  IDENTITY_HEADER: anything(),
  AZURE_CLIENT_ID: z.optional(anything()),
})
type Environment = z.infer<typeof Environment>

/** Reads the deployment's facts. Throws one error that names every variable that is wrong or missing, and its rule. */
export function readAzureConfig(env: Readonly<Record<string, string | undefined>>): AzureConfig {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = z.safeParse(Environment, given, { reportInput: true })
  if (result.success) return configOf(result.data)
  const wrong = result.error.issues.map(
    (issue) =>
      `${issue.path.join('.')} ${issue.input === undefined ? 'is missing: it ' : ''}${issue.message}`,
  )
  throw new Error(`the environment of this deployment is not right: ${wrong.join('; ')}`)
}

function configOf(env: Environment): AzureConfig {
  return {
    storage: storageOf(env),
    buckets: { uploads: env.SKYREEL_BUCKET_UPLOADS, media: env.SKYREEL_BUCKET_MEDIA },
    bus: { endpoint: env.SKYREEL_BUS, key: env.SKYREEL_BUS_KEY },
    queues: env.SKYREEL_QUEUES,
    vault: env.SKYREEL_SECRETS,
    keyVaultKey: env.SKYREEL_KEY_VAULT_KEY,
    cdnOrigin: env.SKYREEL_CDN_ORIGIN,
    jobs: { transcode: env.SKYREEL_JOB_TRANSCODE, thumbnails: env.SKYREEL_JOB_THUMBNAILS },
    resourceManager: env.SKYREEL_RESOURCE_MANAGER ?? 'https://management.azure.com',
    identity: { endpoint: env.IDENTITY_ENDPOINT, header: env.IDENTITY_HEADER, clientId: env.AZURE_CLIENT_ID },
    neonProxy: env.SKYREEL_NEON_PROXY,
  }
}

function storageOf(env: Environment): StorageAccount {
  const account = env.SKYREEL_STORAGE_ACCOUNT
  return {
    account,
    blobEndpoint: env.SKYREEL_BLOB_ENDPOINT ?? `https://${account}.blob.core.windows.net`,
    queueEndpoint: env.SKYREEL_QUEUE_ENDPOINT ?? `https://${account}.queue.core.windows.net`,
    key: env.SKYREEL_STORAGE_KEY,
  }
}
