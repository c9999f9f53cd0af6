import type { TokenCredential } from '@azure/core-auth'
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob'
import type { Ids } from '../../core/ports/ids.ts'
import type { Secrets } from '../../core/ports/secrets.ts'
import type { Bucket, SignedRequest, Storage } from '../../core/ports/storage.ts'
import { keyList } from '../node/key-list.ts'
import type { AzureConfig } from './config.ts'
import { blockNames } from './storage-blocks.ts'
import { guarded } from './storage-errors.ts'
import { list } from './storage-list.ts'
import { describe, get, put } from './storage-objects.ts'
import { abortParts, completeParts, etagOf, listParts, partQuery, startParts } from './storage-parts.ts'
import { blobPath, blobSas } from './storage-sign.ts'

export interface AzureStorageOptions {
  readonly config: Pick<AzureConfig, 'storage' | 'buckets'>
  readonly credential: TokenCredential
  readonly secrets: Secrets
  readonly ids: Ids
}

/** Objects as blobs of one storage account; the account has no hierarchical namespace and no public access. */
export function openAzureStorage(options: AzureStorageOptions): Storage {
  const service = serviceOf(options)
  const names = blockNames(options.ids)
  const of = (bucket: Bucket) => service.getContainerClient(options.config.buckets[bucket])
  const blob = (bucket: Bucket, key: string) => of(bucket).getBlockBlobClient(key)
  return {
    put: (bucket, key, body, how) => guarded('put', key, () => put(of(bucket), names, { key, body, how })),
    get: (bucket, key, range) => guarded('get', key, () => get(of(bucket), key, range)),
    head: (bucket, key) => guarded('head', key, async () => (await describe(of(bucket), key))?.object),
    list: (bucket, want) => guarded('list', undefined, () => list(of(bucket), want)),
    remove: (bucket, key) =>
      guarded(
        'remove',
        key,
        async () => void (await blob(bucket, key).deleteIfExists({ deleteSnapshots: 'include' })),
      ),
    readUrl: (bucket, key, expiresAt) =>
      guarded('readUrl', key, () => signedUrl(options, { bucket, key, permissions: 'r', expiresAt })),
    startParts: (bucket, key, how) =>
      guarded('startParts', key, () => startParts(blob(bucket, key), names, how)),
    signPart: (bucket, key, upload, part) =>
      guarded('signPart', key, () => signPart(options, { bucket, key, upload, ...part })),
    listParts: (bucket, key, upload) => guarded('listParts', key, () => listParts(blob(bucket, key), upload)),
    completeParts: (bucket, key, upload, parts) =>
      guarded('completeParts', key, () => completeParts(of(bucket), { key, upload }, parts)),
    abortParts: (bucket, key, upload) =>
      guarded('abortParts', key, () => abortParts(blob(bucket, key), upload)),
  }
}

function serviceOf({ config: { storage }, credential }: AzureStorageOptions): BlobServiceClient {
  const by =
    storage.key === undefined ? credential : new StorageSharedKeyCredential(storage.account, storage.key)
  return new BlobServiceClient(storage.blobEndpoint, by)
}

async function signedUrl(
  { config, secrets }: Pick<AzureStorageOptions, 'config' | 'secrets'>,
  want: { bucket: Bucket; key: string; permissions: 'r' | 'w'; expiresAt: Date },
): Promise<string> {
  const { account, blobEndpoint } = config.storage
  const [container, httpsOnly] = [config.buckets[want.bucket], blobEndpoint.startsWith('https:')]
  const sas = blobSas(keyList(await secrets.get('storage-key'))[0], {
    ...want,
    account,
    container,
    httpsOnly,
  })
  return `${blobEndpoint}${blobPath(container, want.key)}?${sas}`
}

/**
 * A SAS names blob, permission and end; which block and how many bytes are the sender's word. Its holder can therefore
 * write that one key otherwise too, as it could with another film: what was stored is looked at when the store tells
 * of it. The length shows in `listParts`.
 */
async function signPart(
  options: AzureStorageOptions,
  part: { bucket: Bucket; key: string; upload: string; number: number; sizeBytes: number; expiresAt: Date },
): Promise<SignedRequest> {
  const query = partQuery(part.upload, part.number)
  const url = await signedUrl(options, { ...part, permissions: 'w' })
  return { method: 'PUT', url: `${url}&${query}`, headers: {}, etag: etagOf(part.sizeBytes) }
}
