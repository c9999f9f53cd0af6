import type { AccessToken, TokenCredential } from '@azure/core-auth'
import type { Secrets } from '../../../core/ports/secrets.ts'
import type { SignedRequest, Storage } from '../../../core/ports/storage.ts'
import type { AnyEvent } from '../../../events/catalog.ts'
import { openIds } from '../../node/ids.ts'
import type { AzureConfig } from '../config.ts'
import { openAzureStorage } from '../storage.ts'
import { decodeAzureStorageEvents } from '../storage-events.ts'
import { ACCOUNT, ACCOUNT_KEY, type Azurite } from './azurite.ts'
import { type BlobCreated, openBlobEvents } from './blob-events.ts'

export interface OpenedAzureStorage extends AsyncDisposable {
  readonly storage: Storage
  readonly config: Pick<AzureConfig, 'storage' | 'buckets'>
  readonly secrets: Secrets
  readonly created: AnyEvent[]
  readonly later: Date
  readonly past: Date
  send(request: SignedRequest, body: Uint8Array): Promise<{ status: number }>
  read(url: string): Promise<Uint8Array>
}

/** Two fresh containers of a running Azurite, which tells of what is stored in them. */
export async function openStorageOn(azurite: Azurite): Promise<OpenedAzureStorage> {
  const [uploads, media] = [await azurite.makeContainer('uploads'), await azurite.makeContainer('media')]
  const buckets = { uploads, media }
  const created: AnyEvent[] = []
  const store = await openBlobEvents({
    blobEndpoint: azurite.blobEndpoint,
    tell: async (event) => void created.push(...read(event, buckets)),
  })
  const { blobEndpoint } = store
  const storage = { account: ACCOUNT, blobEndpoint, queueEndpoint: azurite.queueEndpoint, key: ACCOUNT_KEY }
  const config = { storage, buckets }
  const secrets: Secrets = { get: async () => ACCOUNT_KEY }
  return {
    storage: openAzureStorage({ config, credential: noIdentity, secrets, ids: openIds() }),
    ...{ config, secrets, created },
    // The store goes by its own clock.
    later: new Date(Date.now() + 3_600_000),
    past: new Date(Date.now() - 2000),
    send: ({ method, url, headers }, body) => send(url, { method, headers, body: Buffer.from(body) }),
    read: async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer()),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

/** The contract speaks of 200 for every success; this store says 201 for a block. */
async function send(url: string, request: RequestInit): Promise<{ status: number }> {
  const answer = await fetch(url, request)
  await answer.arrayBuffer()
  return { status: answer.status === 201 ? 200 : answer.status }
}

/** Azurite takes tokens over HTTPS alone, so its tests sign with the account key. */
export const noIdentity: TokenCredential = {
  getToken: async (): Promise<AccessToken> => {
    throw new Error('nobody should ask for a token here')
  },
}

function read(event: BlobCreated, buckets: AzureConfig['buckets']): AnyEvent[] {
  return decodeAzureStorageEvents([event], buckets).flatMap((decoded) => {
    if (decoded.is === 'foreign') throw new Error(decoded.message.because)
    return decoded.is === 'event' ? [decoded.event] : []
  })
}
