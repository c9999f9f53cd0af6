import type { TokenCredential } from '@azure/core-auth'
import { QueueServiceClient, StorageSharedKeyCredential } from '@azure/storage-queue'
import { checkMessage, type Queue } from '../../core/ports/queue.ts'
import type { AzureConfig } from './config.ts'

export interface AzureQueueOptions {
  readonly config: Pick<AzureConfig, 'storage' | 'queues'>
  readonly credential: TokenCredential
}

/** Until it is taken: the service's own seven days would lose a message without a word. */
const NEVER = -1

/**
 * One storage queue a consumer. Messages are plain text, for base64 would leave 48 of the 64 KiB: the Functions host must
 * have `extensions.queues.messageEncoding` at `none`. What Event Grid puts into the same queues is base64 all the same,
 * so the decoder takes both.
 */
export function openAzureQueue({ config: { storage, queues }, credential }: AzureQueueOptions): Queue {
  const by =
    storage.key === undefined ? credential : new StorageSharedKeyCredential(storage.account, storage.key)
  const service = new QueueServiceClient(storage.queueEndpoint, by)
  return {
    async send(consumer, body, { delaySeconds = 0 } = {}) {
      const options = { visibilityTimeout: Math.ceil(delaySeconds), messageTimeToLive: NEVER }
      await service.getQueueClient(queues + consumer).sendMessage(checkMessage(body), options)
    },
  }
}
