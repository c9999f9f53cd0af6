import { setTimeout as sleep } from 'node:timers/promises'
import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { afterAll, beforeAll, describe } from 'vitest'
import { queueContract } from '../../core/ports/queue.contract.ts'
import { openAzureQueue } from './queue.ts'
import { ACCOUNT, ACCOUNT_KEY, type Azurite, azuriteMissing, openAzurite } from './testing/azurite.ts'
import { noIdentity } from './testing/storage.ts'

const missing = azuriteMissing()
let opened = 0

async function openOn(azurite: Azurite) {
  const queues = `t${++opened}-`
  for (const consumer of ['transcode-starter', 'media-uploaded']) await azurite.makeQueue(queues + consumer)
  const { blobEndpoint, queueEndpoint } = azurite
  const storage = { account: ACCOUNT, blobEndpoint, queueEndpoint, key: ACCOUNT_KEY }
  const service = new QueueServiceClient(queueEndpoint, new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY))
  const take = async (consumer: string, seconds: number) => {
    const client = service.getQueueClient(queues + consumer)
    for (const until = Date.now() + seconds * 1000; ; await sleep(100)) {
      const [message] = (await client.receiveMessages({ visibilityTimeout: 60 })).receivedMessageItems
      if (message) return message.messageText
      if (Date.now() > until) return undefined
    }
  }
  const queue = openAzureQueue({ config: { storage, queues }, credential: noIdentity })
  return { queue, take, [Symbol.asyncDispose]: async () => undefined }
}

describe.skipIf(missing !== undefined)(`storage queues${missing ? ` (${missing})` : ''}`, () => {
  let azurite: Azurite
  beforeAll(async () => {
    azurite = await openAzurite()
  })
  afterAll(() => azurite[Symbol.asyncDispose]())

  queueContract('Azure Queue Storage', () => openOn(azurite))
})
