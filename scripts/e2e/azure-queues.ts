import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DequeuedMessageItem,
  type QueueClient,
  QueueServiceClient,
  StorageSharedKeyCredential,
} from '@azure/storage-queue'
import { ACCOUNT, ACCOUNT_KEY } from '../../adapters/azure/testing/azurite.ts'
import { type AzureApps, type QueueSettings, seconds } from './azure-apps.ts'
import type { AzureStandIns } from './azure-stand-ins.ts'
import type { Logs } from './logs.ts'

type QueueApps = Pick<AzureApps, 'invoke' | 'listenerOf' | 'settings'>

export interface AzureQueuesWish {
  readonly standIns: Pick<AzureStandIns, 'queueEndpoint' | 'queues'>
  readonly apps: QueueApps
  readonly logs: Logs
}

/** The host's queue triggers at work. */
export interface AzureQueues extends AsyncDisposable {
  /** Messages that come to no function any more, one sentence each, or one for all of a queue that nobody listens to. */
  givenUp(): Promise<readonly string[]>
}

/**
 * What the Functions host does for its queue triggers: takes messages, calls the function, deletes what it did not throw
 * at, shows the rest again after `visibilityTimeout`, and puts it into `<queue>-poison` after `maxDequeueCount`.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-queue-trigger
 */
export function openAzureQueues({ standIns, apps, logs }: AzureQueuesWish): AzureQueues {
  const stop = new AbortController()
  const said = logs.collect('queue triggers')
  const by = new StorageSharedKeyCredential(ACCOUNT, ACCOUNT_KEY)
  const service = new QueueServiceClient(standIns.queueEndpoint, by)
  const unheard = new Set<string>()
  const loops = [...standIns.queues].map(([name, queueName]) => {
    const queue = service.getQueueClient(queueName)
    const poison = service.getQueueClient(`${queueName}-poison`)
    return poll({ name, queue, poison, apps, said, unheard, signal: stop.signal })
  })
  return {
    givenUp: async () => [...unheard, ...(await poisonIn(service))],
    [Symbol.asyncDispose]: async () => {
      stop.abort()
      await Promise.all(loops)
    },
  }
}

interface Trigger {
  readonly name: string
  readonly queue: QueueClient
  readonly poison: QueueClient
  readonly apps: QueueApps
  readonly said: (text: string) => void
  /** Queues whose function listens elsewhere: sweeps would make good for it, and hide it. */
  readonly unheard: Set<string>
  readonly signal: AbortSignal
}

/** The host's own pauses, but for the longest: that one is a minute there. */
const PAUSE_MS = { least: 100, most: 400 }

async function poll(trigger: Trigger): Promise<void> {
  const { queue, signal, said } = trigger
  for (let pause = PAUSE_MS.least; !signal.aborted; ) {
    try {
      const taken = await take(trigger)
      await Promise.all(taken.map((message) => handle(trigger, message)))
      pause = taken.length > 0 ? PAUSE_MS.least : Math.min(pause * 2, PAUSE_MS.most)
    } catch (error) {
      // The run's own end is no news.
      if (!signal.aborted) said(`${queue.name}: ${String(error)}\n`)
    }
    await sleep(pause, undefined, { signal }).catch(() => undefined)
  }
}

/** The host hides what it works on for so long, and prolongs it. */
const HIDDEN_SECONDS = 600

async function take(trigger: Trigger): Promise<readonly DequeuedMessageItem[]> {
  const { batchSize } = await settingsOf(trigger)
  const want = { numberOfMessages: batchSize, visibilityTimeout: HIDDEN_SECONDS, abortSignal: trigger.signal }
  return (await trigger.queue.receiveMessages(want)).receivedMessageItems
}

async function settingsOf({ apps, name }: Trigger): Promise<QueueSettings> {
  const { extensions } = await apps.settings(name)
  if (!extensions.queues) throw new Error(`host.json of ${name} says nothing of its queue`)
  return extensions.queues
}

async function handle(trigger: Trigger, message: DequeuedMessageItem): Promise<void> {
  const { name, queue, apps, said, unheard } = trigger
  const { trigger: called, queueName } = await apps.listenerOf(name)
  if (queueName !== queue.name)
    return void unheard.add(`events of ${name} are in ${queue.name}, it listens to ${queueName}`)
  try {
    const data = { string: message.messageText }
    await apps.invoke(name, { name: called, data, metadata: metadataOf(message) })
    await queue.deleteMessage(message.messageId, message.popReceipt)
  } catch (error) {
    said(`${queue.name}: delivery ${message.dequeueCount}: ${String(error)}\n`)
    await giveBack(trigger, message)
  }
}

/** Values as the host sends them: texts as texts, all others as JSON. */
const metadataOf = (message: DequeuedMessageItem) => ({
  Id: { string: message.messageId },
  PopReceipt: { string: message.popReceipt },
  DequeueCount: { json: JSON.stringify(message.dequeueCount) },
  InsertionTime: { json: JSON.stringify(message.insertedOn) },
  ExpirationTime: { json: JSON.stringify(message.expiresOn) },
  NextVisibleTime: { json: JSON.stringify(message.nextVisibleOn) },
})

async function giveBack(trigger: Trigger, message: DequeuedMessageItem): Promise<void> {
  const { queue, poison } = trigger
  const { messageId, popReceipt, dequeueCount, messageText } = message
  const { maxDequeueCount, visibilityTimeout } = await settingsOf(trigger)
  if (dequeueCount < maxDequeueCount)
    return void (await queue.updateMessage(messageId, popReceipt, undefined, seconds(visibilityTimeout)))
  await poison.createIfNotExists()
  await poison.sendMessage(messageText)
  await queue.deleteMessage(messageId, popReceipt)
}

async function poisonIn(service: QueueServiceClient): Promise<readonly string[]> {
  const found: string[] = []
  for await (const { name } of service.listQueues()) {
    if (!name.endsWith('-poison')) continue
    const { peekedMessageItems } = await service.getQueueClient(name).peekMessages({ numberOfMessages: 32 })
    found.push(...peekedMessageItems.map(({ messageText }) => `in ${name}: ${messageText.slice(0, 200)}`))
  }
  return found
}
