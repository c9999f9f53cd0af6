import { randomUUID } from 'node:crypto'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import { blobPath } from '../storage-sign.ts'
import { ACCOUNT, ACCOUNT_KEY, type Certificate } from './azurite.ts'
import { openProxy, type Proxied } from './proxy.ts'

/** `Microsoft.Storage.BlobCreated` in the Event Grid schema. */
export interface BlobCreated {
  readonly topic: string
  readonly subject: string
  readonly eventType: 'Microsoft.Storage.BlobCreated'
  readonly id: string
  readonly eventTime: string
  readonly dataVersion: string
  readonly metadataVersion: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface NotifyingStore extends AsyncDisposable {
  /** The store's endpoint, by way of the server that tells of writes. */
  readonly blobEndpoint: string
}

/**
 * Azurite has no Event Grid. This server stands before it and tells of every write that made an object, as the storage
 * account's system topic does; `tell` is waited for before the client has its answer. Fields:
 * https://learn.microsoft.com/azure/event-grid/event-schema-blob-storage
 */
export async function openBlobEvents(options: {
  blobEndpoint: string
  tell: (event: BlobCreated) => Promise<void>
  /** With it clients come by HTTPS, as the store's own do. */
  tls?: Certificate
}): Promise<NotifyingStore> {
  const store = new BlobServiceClient(
    options.blobEndpoint,
    new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY),
  )
  const { origin: upstream } = new URL(options.blobEndpoint)
  const proxy = await openProxy({
    ...{ upstream, tls: options.tls },
    onAnswer: async (request, answer) => {
      const api = finishedWrite(request, answer.statusCode ?? 0)
      if (api) await options.tell(await eventOf(store, request, api))
    },
  })
  return {
    blobEndpoint: `${proxy.origin}/${ACCOUNT}`,
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  }
}

/** The operation that made an object, if this one did. Blocks and metadata alone make none. */
function finishedWrite({ method, target, headers }: Proxied, status: number): string | undefined {
  const query = new URL(target, 'http://store').searchParams
  if (method !== 'PUT' || status < 200 || status > 299 || query.has('restype')) return undefined
  const comp = query.get('comp')
  if (comp === 'blocklist') return 'PutBlockList'
  if (comp !== null) return undefined
  return headers['x-ms-copy-source'] === undefined ? 'PutBlob' : 'CopyBlob'
}

let writes = 0

async function eventOf(
  store: BlobServiceClient,
  { target, headers }: Proxied,
  api: string,
): Promise<BlobCreated> {
  const [, , container = '', ...segments] = new URL(target, 'http://store').pathname.split('/')
  const key = segments.map(decodeURIComponent).join('/')
  const blob = store.getContainerClient(container).getBlobClient(key)
  const found = await blob.getProperties()
  writes++
  return {
    topic: `/subscriptions/34adfa4f/resourceGroups/skyreel/providers/Microsoft.Storage/storageAccounts/${ACCOUNT}`,
    subject: `/blobServices/default/containers/${container}/blobs/${key}`,
    eventType: 'Microsoft.Storage.BlobCreated',
    id: randomUUID(),
    eventTime: new Date().toISOString(),
    dataVersion: '',
    metadataVersion: '1',
    data: {
      api,
      clientRequestId: headers['x-ms-client-request-id'] ?? randomUUID(),
      requestId: randomUUID(),
      // Without the quotes that the header has.
      eTag: found.etag?.replaceAll('"', ''),
      contentType: found.contentType,
      contentLength: found.contentLength,
      blobType: found.blobType,
      // An emulator's own URL has the account in its path.
      url: `https://${ACCOUNT}.blob.core.windows.net${blobPath(container, key)}`,
      sequencer: writes.toString(16).padStart(48, '0'),
      storageDiagnostics: { batchId: randomUUID() },
    },
  }
}
