import { ACCOUNT, ACCOUNT_KEY, type Certificate, openAzurite } from '../../adapters/azure/testing/azurite.ts'
import { openBlobEvents } from '../../adapters/azure/testing/blob-events.ts'
import { trustedCertificate } from '../../adapters/azure/testing/certificate.ts'
import { openContainerJobs } from '../../adapters/azure/testing/container-jobs.ts'
import {
  anAzureEnvironment,
  THUMBNAILS_JOB,
  TRANSCODE_JOB,
} from '../../adapters/azure/testing/environment.ts'
import { type EventGrid, openEventGrid, type Subscription } from '../../adapters/azure/testing/event-grid.ts'
import { openFrontDoor } from '../../adapters/azure/testing/front-door.ts'
import { type IdentityServer, openIdentity } from '../../adapters/azure/testing/identity.ts'
import { openKeyVault } from '../../adapters/azure/testing/key-vault.ts'
import { openKeyVaultKeys } from '../../adapters/azure/testing/key-vault-keys.ts'
import { onFunctions } from '../../functions/entry/manifests.ts'
import type { Ground } from './cloud.ts'

/** What a resource group holds beside the function apps. */
export interface AzureStandIns extends AsyncDisposable {
  /** App settings, and what the platform itself tells a process of its identity. */
  readonly env: Readonly<Record<string, string>>
  readonly queueEndpoint: string
  /** Of the consumers, by their names. */
  readonly queues: ReadonlyMap<string, string>
  readonly grid: EventGrid
}

/** Of a whole deployment; the identity is none of them, for the platform tells it. */
const { IDENTITY_ENDPOINT: _, IDENTITY_HEADER: __, ...SETTINGS } = anAzureEnvironment()

export async function openAzureStandIns(ground: Ground): Promise<AzureStandIns> {
  const stack = new AsyncDisposableStack()
  try {
    const tls = stack.use(await trustedCertificate())
    const [store, identity] = [await openStore(stack, tls), stack.use(await openIdentity())]
    const subscriptions = subscriptionsOf(store)
    const { queueEndpoint } = store
    const grid = stack.use(await openEventGrid({ identity, queueEndpoint, subscriptions }))
    const { blobEndpoint } = store
    const told = stack.use(await openBlobEvents({ blobEndpoint, tell: grid.tell, tls }))
    const edge = stack.use(await openFrontDoor(blobEndpoint, { tls }))
    const vault = stack.use(await openKeyVault(identity, { ...ground.secrets, 'storage-key': ACCOUNT_KEY }))
    const keys = stack.use(await openKeyVaultKeys(identity))
    const settings = {
      ...{ ...SETTINGS, ...store.settings, SKYREEL_BLOB_ENDPOINT: told.blobEndpoint },
      SKYREEL_BUS: grid.endpoint,
      SKYREEL_SECRETS: vault.origin,
      SKYREEL_KEY_VAULT_KEY: keys.key,
      SKYREEL_CDN_ORIGIN: edge.origin,
      SKYREEL_NEON_PROXY: ground.neonProxy,
      SKYREEL_PUBLIC_ORIGIN: ground.publicOrigin,
    }
    const containers = stack.use(await openContainers(ground, { identity, tls, settings }))
    const servers = [identity, vault, keys, grid, containers]
    ground.logs.watch('refused', () => servers.flatMap(({ refusals }) => refusals).join('\n'))
    const env = { ...settings, ...processEnv(identity, tls), SKYREEL_RESOURCE_MANAGER: containers.origin }
    const { queues } = store
    return { env, queueEndpoint, queues, grid, [Symbol.asyncDispose]: () => stack.disposeAsync() }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

type Store = Awaited<ReturnType<typeof openStore>>

/**
 * The storage account: two containers, and a queue for each consumer. It speaks HTTPS, without which the
 * emulator takes no tokens: the account key is in the vault alone, where signed URLs come from.
 */
async function openStore(stack: AsyncDisposableStack, tls: Certificate) {
  const { blobEndpoint, queueEndpoint, ...azurite } = stack.use(await openAzurite(tls))
  const settings = {
    SKYREEL_STORAGE_ACCOUNT: ACCOUNT,
    ...{ SKYREEL_QUEUE_ENDPOINT: queueEndpoint, SKYREEL_QUEUES: 'skyreel-' },
    SKYREEL_BUCKET_UPLOADS: await azurite.makeContainer('uploads'),
    SKYREEL_BUCKET_MEDIA: await azurite.makeContainer('media'),
  }
  const queues = new Map(onFunctions.map(({ name }) => [name, settings.SKYREEL_QUEUES + name]))
  for (const queue of queues.values()) await azurite.makeQueue(queue)
  return { blobEndpoint, queueEndpoint, settings, queues }
}

/** As infrastructure subscribes them: one for each consumer, into its queue, the store's own events as well. */
function subscriptionsOf({ settings, queues }: Store): Subscription[] {
  const containers = { uploads: settings.SKYREEL_BUCKET_UPLOADS, media: settings.SKYREEL_BUCKET_MEDIA }
  return onFunctions.map(({ name, type, bucket }) => {
    const to = { queue: queues.get(name) ?? '' }
    if (bucket === undefined) return { name, types: [type], to }
    const subjectBeginsWith = `/blobServices/default/containers/${containers[bucket]}/blobs/`
    return { name, types: ['Microsoft.Storage.BlobCreated'], to, subjectBeginsWith }
  })
}

/** What the platform tells a process by itself, beside the settings: its identity, and whom it trusts. */
const processEnv = ({ identity: { endpoint, header } }: IdentityServer, { cert }: Certificate) => ({
  IDENTITY_ENDPOINT: endpoint,
  IDENTITY_HEADER: header,
  NODE_EXTRA_CA_CERTS: cert,
})

/** Container Apps jobs of the media image; a child process stands for a container. */
async function openContainers(
  ground: Ground,
  at: { identity: IdentityServer; tls: Certificate; settings: Readonly<Record<string, string>> },
) {
  const jobEnv: Record<string, string> = { ...at.settings, SKYREEL_CLOUD: 'azure' }
  const containers = await openContainerJobs({
    ...{ identity: at.identity, jobEnv, jobIds: [TRANSCODE_JOB, THUMBNAILS_JOB] },
    command: [process.execPath, ground.mediaProgram],
    // The image has the media tools in its PATH.
    env: { PATH: process.env.PATH, ...processEnv(at.identity, at.tls) },
    slots: 2,
  })
  // Known by now alone; without it a job would ask the real one.
  jobEnv.SKYREEL_RESOURCE_MANAGER = containers.origin
  ground.logs.watch('media containers', containers.output)
  return containers
}
